import { aiccOf } from './choose.ts';
import type { CurvePoint } from './curve.ts';
import type { Interval } from './laws/law.ts';
import { leastSquares } from './math/linear.ts';
import { studentFactor } from './math/student.ts';

/** Two straight lines in ln t over ln n that meet. */
export interface Breakpoint {
  /** Devices where they meet. */
  readonly devices: number;
  /** Breakpoints whose residuals do not differ at 95 %; reaches the measured range's ends where the data allow it. */
  readonly interval: Interval;
  /** Exponents -d ln t / d ln n before and after. */
  readonly before: number;
  readonly after: number;
  /** AICc of one line less that of two: positive where two are preferred. */
  readonly gain: number;
}

const gridSteps = 120;

/** One line has 2 numbers, two that meet have 4 (level, two slopes, the meeting point). */
const freedom = { one: 2, two: 4 };

/**
 * The continuous two-segment regression of ln t on ln n with the least residuals, its meeting point on a fixed grid
 * between the second and the last but one count. Undefined below seven distinct counts, where AICc is not defined for
 * it, and where one line describes the points as well.
 *
 * Source: Hudson, Fitting segmented curves whose join points have to be estimated (1966); the interval is the
 * likelihood ratio's, by F(1, m - 4) = t^2.
 */
export function breakpointOf(curve: readonly CurvePoint[]): Breakpoint | undefined {
  const counts = curve.length;
  if (counts < 7) return undefined;
  const x = curve.map((point) => Math.log(point.devices));
  const y = curve.map((point) => Math.log(point.seconds));
  const line = leastSquares(
    x.map((value) => [1, value]),
    y,
  );
  if (!line) return undefined;
  const [from, to] = [x[1], x[counts - 2]];
  const tries = Array.from({ length: gridSteps + 1 }, (_, k) => {
    const at = from + ((to - from) * k) / gridSteps;
    const solved = leastSquares(
      x.map((value) => [1, value, Math.max(0, value - at)]),
      y,
    );
    return solved ? [{ at, ...solved }] : [];
  }).flat();
  if (tries.length === 0) return undefined;
  const best = tries.reduce((a, b) => (b.rss < a.rss ? b : a));
  const one = aiccOf(line.rss, counts, freedom.one);
  const two = aiccOf(best.rss, counts, freedom.two);
  if (one === null || two === null || two >= one) return undefined;
  const dof = counts - freedom.two;
  const bound = best.rss * (1 + studentFactor(0.95, dof) ** 2 / dof);
  const near = tries.filter((entry) => entry.rss <= bound).map((entry) => Math.exp(entry.at));
  const [, slope, bend] = best.coefficients;
  return {
    devices: Math.exp(best.at),
    interval: { low: Math.min(...near), high: Math.max(...near) },
    before: -slope,
    after: -(slope + bend),
    gain: one - two,
  };
}
