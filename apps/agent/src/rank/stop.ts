/** The one place a request to stop arrives, from the hub or a signal; ranks look at it at every step. */
export class Stop {
  /** One Int32, not 0 once asked: what the threads look at. */
  readonly shared = new SharedArrayBuffer(4);
  #by: string | null = null;

  /** Ask to stop. The first who asks is named as the reason. */
  request(by: string): void {
    this.#by ??= by;
    Atomics.store(new Int32Array(this.shared), 0, 1);
  }

  /** Who asked, in a sentence; null where nobody did. */
  get by(): string | null {
    return this.#by;
  }
}
