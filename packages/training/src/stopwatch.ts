/**
 * Where a rank's time goes: collating and uploading, forward and gradient, waiting for peers and exchanging, Adam. What
 * is exchanged beside the gradient's computation counts as that: communication is what a step waits for.
 */
export const phases = ['data', 'compute', 'communication', 'optimiser'] as const;
export type Phase = (typeof phases)[number];

/** Splits the time since it was made into phases: each lap belongs to the phase it is given to. */
export class Stopwatch {
  readonly #start = performance.now();
  #last = this.#start;
  readonly #milliseconds: Record<Phase, number> = { data: 0, compute: 0, communication: 0, optimiser: 0 };

  /** The time since the last lap was this phase's. */
  lap(phase: Phase): void {
    const now = performance.now();
    this.#milliseconds[phase] += now - this.#last;
    this.#last = now;
  }

  /** Seconds of a phase so far. */
  seconds(phase: Phase): number {
    return this.#milliseconds[phase] / 1000;
  }

  /** Seconds since it was made. */
  total(): number {
    return (performance.now() - this.#start) / 1000;
  }
}
