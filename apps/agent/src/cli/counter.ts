import ora, { type Ora } from 'ora';
import { counted, secondsText } from './words.ts';

/** How far work on many molecules has come: a line on stderr that moves, and nothing where stderr is no terminal. */
export class Counter {
  readonly #total: number;
  readonly #start = performance.now();
  #spinner: Ora | undefined;

  constructor(total: number) {
    this.#total = total;
    if (process.stderr.isTTY) this.#spinner = ora({ stream: process.stderr, discardStdin: false });
  }

  /** So many are done. */
  say(done: number): void {
    if (!this.#spinner) return;
    const rate = done / this.seconds;
    const left = secondsText((this.#total - done) / rate);
    this.#spinner.text = `${done} of ${counted(this.#total, 'molecule')}, ${rate.toPrecision(3)} a second, ${left} left`;
    if (!this.#spinner.isSpinning) this.#spinner.start();
  }

  end(): void {
    this.#spinner?.stop();
  }

  get seconds(): number {
    return (performance.now() - this.#start) / 1e3;
  }
}
