import { readPulse } from '@litmatter/training';

/**
 * Notices a rank's thread that does not go on: one that hangs, or computes for ever. A thread that dies is noticed at
 * once without this, and so is a process that dies or is stopped (mpi/watch.ts).
 *
 * A rank that runs no kernel, waits for nobody and rests for no reason is still. How long it may be follows from how long
 * it has been before: a rank on a slow or shared machine has longer pauses, and a first step, which compiles, is none to
 * go by. So nothing is said before the first exchanges, and then at twenty times the longest pause seen, at least at
 * `leastSeconds`: within ten seconds where steps are quick, after minutes where single kernels take seconds.
 */
export interface StillnessOptions {
  readonly memory: SharedArrayBuffer;
  /** The ranks whose pulses lie there. */
  readonly ranks: number;
  /** Called once. */
  readonly onStill: (rank: number, sentence: string) => void;
  readonly leastSeconds?: number;
}

const tickMilliseconds = 250;
const longerThanBefore = 20;
/** A broadcast or two at the start, and the first steps of the warm-up. */
const exchangesToCome = 8;

interface Seen {
  beats: number;
  at: number;
}

export class Stillness {
  readonly #options: StillnessOptions;
  readonly #least: number;
  readonly #seen: Seen[];
  readonly #ticker: NodeJS.Timeout;
  #ticked = performance.now();
  #longest = 0;

  constructor(options: StillnessOptions) {
    this.#options = options;
    this.#least = options.leastSeconds ?? 8;
    const at = performance.now();
    this.#seen = Array.from({ length: options.ranks }, () => ({ beats: 0, at }));
    this.#ticker = setInterval(() => this.#tick(), tickMilliseconds);
    this.#ticker.unref();
  }

  stop(): void {
    clearInterval(this.#ticker);
  }

  #tick(): void {
    const now = performance.now();
    // This thread was held up itself, and the ranks with it: a laptop that slept, a process that was stopped.
    const late = now - this.#ticked > 8 * tickMilliseconds;
    this.#ticked = now;
    for (const [rank, seen] of this.#seen.entries()) {
      const { beats, exchanges, resting } = readPulse(this.#options.memory, rank);
      const still = (now - seen.at) / 1e3;
      if (late || resting || beats !== seen.beats || exchanges < exchangesToCome) {
        if (!late && !resting && exchanges >= exchangesToCome) this.#longest = Math.max(this.#longest, still);
        seen.beats = beats;
        seen.at = now;
        continue;
      }
      if (still <= Math.max(this.#least, longerThanBefore * this.#longest)) continue;
      this.stop();
      const usual = this.#longest < 1 ? 'less than 1 s' : `${this.#longest.toFixed(0)} s`;
      this.#options.onStill(
        rank,
        `it did not go on for ${still.toFixed(0)} s, where its longest pause was ${usual}: its thread hangs, or computes for ever.`,
      );
      return;
    }
  }
}
