import { geometricMean } from './math/stats.ts';
import type { Point, Protocol } from './points.ts';

/** One device count as a law sees it: its runs' times as one geometric mean, since residuals are relative. */
export interface CurvePoint {
  /** n */
  readonly devices: number;
  /** t(n), seconds per epoch. */
  readonly seconds: number;
  /** Runs behind it. */
  readonly runs: number;
}

/**
 * The distinct device counts, ascending, each once: m of them. Repeats are averaged rather than counted as more data,
 * because they share whatever the law gets wrong at that count; intervals have m - p degrees of freedom.
 */
export function curveOf(points: readonly Pick<Point, 'devices' | 'seconds'>[]): CurvePoint[] {
  const byCount = Map.groupBy(points, (point) => point.devices);
  return [...byCount]
    .map(([devices, runs]) => ({
      devices,
      seconds: geometricMean(runs.map((run) => run.seconds)),
      runs: runs.length,
    }))
    .sort((a, b) => a.devices - b.devices);
}

/** A point with what is derived from it against the smallest measured count n0. */
export interface ScalingRow extends Point {
  /** t(n0)/t(n); under `weak` the ratio of work done per second, n t(n0)/(n0 t(n)). */
  readonly speedup: number;
  /** speedup n0/n: n0 t(n0)/(n t(n)); under `weak` t(n0)/t(n). */
  readonly efficiency: number;
  /** n t(n), device-seconds per epoch. */
  readonly cost: number;
}

/** Speedup, efficiency and cost of every point, ordered by device count and repeat. t(n0) is the curve's. */
export function scalingRows(points: readonly Point[]): ScalingRow[] {
  const [base] = curveOf(points);
  return [...points]
    .sort((a, b) => a.devices - b.devices || a.repeat - b.repeat)
    .map((point) => ({
      ...point,
      ...gainOf(point.protocol, base, point),
      cost: point.devices * point.seconds,
    }));
}

/** Speedup and efficiency of a time at n devices against a base. */
export function gainOf(
  protocol: Protocol,
  base: Pick<CurvePoint, 'devices' | 'seconds'>,
  at: Pick<CurvePoint, 'devices' | 'seconds'>,
): { speedup: number; efficiency: number } {
  const growth = at.devices / base.devices;
  const faster = base.seconds / at.seconds;
  return protocol === 'weak'
    ? { speedup: faster * growth, efficiency: faster }
    : { speedup: faster, efficiency: faster / growth };
}
