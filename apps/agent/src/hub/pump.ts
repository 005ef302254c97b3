/**
 * Sends the newest state of something to one slow reader: at most one message under way, at most one every
 * `everyMilliseconds`, and each made only when it can be sent. So a reader that stalls holds no queue, and one that
 * comes back gets everything in one message.
 */
export class Pump<M> {
  readonly #take: () => M | undefined;
  readonly #send: (message: M, received: () => void) => void;
  readonly #everyMilliseconds: number;
  #dirty = false;
  #underWay = false;
  #lastAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  /** @param take - the next message, undefined where nothing is new */
  constructor(
    take: () => M | undefined,
    send: (message: M, received: () => void) => void,
    everyMilliseconds: number,
  ) {
    this.#take = take;
    this.#send = send;
    this.#everyMilliseconds = everyMilliseconds;
  }

  /** Something may have changed. */
  poke(): void {
    this.#dirty = true;
    this.#schedule();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    if (this.#stopped || !this.#dirty || this.#underWay || this.#timer !== undefined) return;
    const wait = Math.max(0, this.#lastAt + this.#everyMilliseconds - performance.now());
    this.#timer = setTimeout(() => this.#next(), wait);
  }

  #next(): void {
    this.#timer = undefined;
    this.#dirty = false;
    const message = this.#take();
    if (message === undefined) return;
    this.#underWay = true;
    this.#lastAt = performance.now();
    this.#send(message, () => {
      this.#underWay = false;
      // A message may have been cut at its largest size: look again.
      this.poke();
    });
  }
}
