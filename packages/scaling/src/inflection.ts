import { type Breakpoint, breakpointOf } from './breakpoint.ts';
import type { RankedFit } from './choose.ts';
import type { CurvePoint } from './curve.ts';
import { kneeOf } from './kneedle.ts';
import type { Fit, Interval } from './laws/law.ts';
import { ratioInterval } from './math/fieller.ts';
import { dot } from './math/linear.ts';
import { studentFactor } from './math/student.ts';
import { devices, interval95, number } from './words.ts';

/** The count at which half of an epoch is fixed cost. */
export interface HalfPoint {
  /** n_half; infinite where no fixed cost shows. */
  readonly devices: number;
  /** 95 %; unbounded above where the fixed cost may be zero. */
  readonly interval: Interval;
  /** The law it is read from. */
  readonly law: string;
}

/** Where more devices stop paying, asked in three ways; n_half is the answer, the others check it. */
export interface Inflection {
  readonly half: HalfPoint | undefined;
  readonly breakpoint: Breakpoint | undefined;
  /** Kneedle's knee on log-log axes: one of the measured counts. */
  readonly knee: number | undefined;
  /** True where the other answers lie outside n_half's interval and more than a factor of two away from it. */
  readonly disagree: boolean;
  readonly sentences: readonly string[];
}

/** Undefined with fewer than three distinct counts. */
export function inflectionOf(
  fits: readonly RankedFit[],
  curve: readonly CurvePoint[],
): Inflection | undefined {
  if (fits.length === 0) return undefined;
  const half = halfPoint(fits);
  const breakpoint = breakpointOf(curve);
  const knee = kneeOf(curve);
  const apart = (other: number | undefined) =>
    half !== undefined &&
    Number.isFinite(half.devices) &&
    other !== undefined &&
    (other < half.interval.low || other > half.interval.high) &&
    Math.max(other / half.devices, half.devices / other) > 2;
  const disagree = apart(breakpoint?.devices) || apart(knee);
  return {
    half,
    breakpoint,
    knee,
    disagree,
    sentences: sentencesOf(half, breakpoint, knee, disagree, curve),
  };
}

/**
 * n_half of t = c + A/n, where efficiency (against one device) and local exponent are 1/2 and n t^2 is least: A/c. The
 * staircase has A = a N/b and, where it weighs more, is asked instead.
 */
export function halfPoint(fits: readonly RankedFit[]): HalfPoint | undefined {
  const candidates = fits.filter(({ fit }) => fit.law.name === 'overhead' || fit.law.name === 'staircase');
  const best = candidates.reduce<RankedFit | undefined>(
    (a, b) => (a === undefined || (b.weight ?? 0) > (a.weight ?? 0) ? b : a),
    undefined,
  );
  return best && halfPointOf(best.fit);
}

/** n_half of a fitted overhead or staircase law, with Fieller's interval of the ratio. */
export function halfPointOf(fit: Fit): HalfPoint {
  const { samples, batchPerDevice } = fit.context;
  const scale = fit.law.name === 'staircase' ? (samples ?? 0) / (batchPerDevice ?? 1) : 1;
  const [fixed, shared] = fit.theta;
  const [fixedRow, sharedRow] = fit.root;
  const ratio = ratioInterval(
    { numerator: shared * scale, denominator: fixed },
    {
      numerator: dot(sharedRow, sharedRow) * scale ** 2,
      denominator: dot(fixedRow, fixedRow),
      both: dot(sharedRow, fixedRow) * scale,
    },
    studentFactor(fit.level, fit.dof),
  );
  const point = fixed > 0 ? (shared * scale) / fixed : Number.POSITIVE_INFINITY;
  return {
    devices: point,
    interval: { low: Math.min(ratio.low, point), high: Math.max(ratio.high, point) },
    law: fit.law.name,
  };
}

function sentencesOf(
  half: HalfPoint | undefined,
  breakpoint: Breakpoint | undefined,
  knee: number | undefined,
  disagree: boolean,
  curve: readonly CurvePoint[],
): string[] {
  const sentences: string[] = [];
  const largest = curve[curve.length - 1].devices;
  if (half && Number.isFinite(half.devices)) {
    const where = half.devices > largest ? ', beyond the counts measured' : '';
    sentences.push(
      `Half of an epoch is fixed cost at ${number(half.devices)} devices${interval95(half.interval)}${where}.`,
    );
  } else if (half) {
    sentences.push(
      'No fixed cost shows within the counts measured, so there is no point of diminishing return yet.',
    );
  }
  if (breakpoint)
    sentences.push(
      `Two lines describe the log-log points better than one: the exponent falls from ${number(breakpoint.before)} to ${number(breakpoint.after)} at ${devices(Math.round(breakpoint.devices))}.`,
    );
  if (knee !== undefined)
    sentences.push(`Kneedle, on the log-log chart, finds its knee at ${devices(knee)}.`);
  if (disagree)
    sentences.push(
      'These answers differ by more than a factor of two: there is no one inflection point in these times.',
    );
  return sentences;
}
