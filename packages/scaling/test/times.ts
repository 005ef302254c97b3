import { type CurvePoint, type Point, pointsOfTimes, stepsPerEpoch } from '../src/index.ts';
import { randomOf } from '../src/math/random.ts';

/** The counts of the paper. */
export const paperCounts = [2, 4, 8, 16, 32, 64, 128, 256, 364, 416];

export const qm9 = { samples: 110_000, batchPerDevice: 128 };

export function curve(time: (n: number) => number, counts: readonly number[] = paperCounts): CurvePoint[] {
  return counts.map((devices) => ({ devices, seconds: time(devices), runs: 1 }));
}

export function points(
  time: (n: number) => number,
  counts: readonly number[] = paperCounts,
  known: { samples?: number; batchPerDevice?: number } = {},
): Point[] {
  return pointsOfTimes(
    counts.map((devices) => ({ devices, seconds: time(devices) })),
    known,
  );
}

/** c + a s(n) on QM9 with the paper's batch: its SchNet, about. */
export function staircaseTime(c: number, a: number): (n: number) => number {
  return (n) => c + a * stepsPerEpoch(qm9.samples, qm9.batchPerDevice, n);
}

/** A time with relative normal errors of the given size; one stream of errors a call. */
export function noisy(time: (n: number) => number, sigma: number, seed: number): (n: number) => number {
  const random = randomOf(seed);
  return (n) => time(n) * Math.exp(sigma * random.normal());
}
