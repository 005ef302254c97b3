/** `cancelled`: somebody does not want the run any more. `interrupted`: it has to make room, and is to go on later. */
export type StopKind = 'cancelled' | 'interrupted';

/** The one place a request to stop arrives, from the hub or a signal; ranks look at it at every step. */
export class Stop {
  /** One Int32, not 0 once asked: what the threads look at. */
  readonly shared = new SharedArrayBuffer(4);
  #by: string | null = null;
  #how: StopKind = 'cancelled';

  /** Ask to stop. The first who asks is named as the reason. */
  request(by: string, how: StopKind = 'cancelled'): void {
    if (this.#by === null) {
      this.#by = by;
      this.#how = how;
    }
    Atomics.store(new Int32Array(this.shared), 0, 1);
  }

  /** Who asked, in a sentence; null where nobody did. */
  get by(): string | null {
    return this.#by;
  }

  get how(): StopKind {
    return this.#how;
  }
}
