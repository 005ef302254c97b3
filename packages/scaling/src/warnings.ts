import { leastCountsForAChoice, leastCountsForALaw, type RankedFit } from './choose.ts';
import type { Curvature } from './curvature.ts';
import type { CurvePoint } from './curve.ts';
import type { Point } from './points.ts';
import { devices, number, percent } from './words.ts';

export const warningKinds = [
  'too-few-counts',
  'no-choice',
  'narrow-range',
  'oversubscribed',
  'warm-up-only',
  'within-run',
  'few-steps',
  'padding',
  'imbalance',
  'curvature',
] as const;

export interface Warning {
  readonly kind: (typeof warningKinds)[number];
  /** A sentence: what, and what to do about it. */
  readonly message: string;
}

/** Fewer steps per epoch than this and an epoch is mostly what it pays once. */
export const fewSteps = 10;
/** More repeated samples than this share and the epoch is not the same work any more. */
export const muchPadding = 0.05;
/** A slowest rank this much above the mean is worth a look. */
const muchImbalance = 1.2;
/** Largest count / smallest count below which a curve says little of other counts. */
const narrowRange = 4;

/** Everything a reader of these numbers should know before believing them, gravest first. */
export function warningsOf(
  points: readonly Point[],
  curve: readonly CurvePoint[],
  fits: readonly RankedFit[],
  curvature: Curvature | undefined,
): Warning[] {
  const counts = curve.length;
  const say = (kind: Warning['kind'], holds: boolean, message: () => string): Warning[] =>
    holds ? [{ kind, message: message() }] : [];
  const at = (chosen: readonly Point[]) => countsOf(chosen);
  const over = points.filter((point) => point.oversubscribed);
  const cold = points.filter((point) => point.warmUpOnly);
  const short = points.filter((point) => point.steps !== null && point.steps < fewSteps);
  const padded = points.filter((point) => (point.padding ?? 0) > muchPadding);
  const uneven = points.filter((point) => (point.imbalance ?? 1) > muchImbalance);
  const range = curve[counts - 1].devices / curve[0].devices;
  const power = fits.find(({ fit }) => fit.law.name === 'power')?.fit;

  return [
    ...say(
      'too-few-counts',
      counts < leastCountsForALaw,
      () =>
        `${counts === 1 ? 'One device count is' : `${counts} device counts are`} measured: an exponent needs at least ${leastCountsForALaw}.`,
    ),
    ...say(
      'no-choice',
      counts >= leastCountsForALaw && counts < leastCountsForAChoice,
      () =>
        `With ${counts} device counts no law can be preferred to another: measure at least ${leastCountsForAChoice}.`,
    ),
    ...say(
      'narrow-range',
      counts >= leastCountsForALaw && range < narrowRange,
      () =>
        `The counts measured differ by a factor of ${number(range)} only: the exponent holds for them, and says little of others.`,
    ),
    ...say(
      'oversubscribed',
      over.length > 0,
      () => `At ${at(over)} there were more ranks than devices: those times show sharing, not scaling.`,
    ),
    ...say(
      'warm-up-only',
      cold.length > 0,
      () => `At ${at(cold)} only a first epoch is measured, which includes compiling and filling caches.`,
    ),
    ...say(
      'within-run',
      counts >= leastCountsForALaw && !curve.every((point) => point.runs >= 3),
      () =>
        'Spreads and bootstrap bands are within runs: variation between runs needs three repeats of every device count.',
    ),
    ...say(
      'few-steps',
      short.length > 0,
      () =>
        `At ${at(short)} an epoch has fewer than ${fewSteps} steps: it is mostly fixed cost, and the global batch is large.`,
    ),
    ...say(
      'padding',
      padded.length > 0,
      () =>
        `At ${at(padded)} the sampler repeats more than ${percent(muchPadding)} of the samples to fill the ranks.`,
    ),
    ...say(
      'imbalance',
      uneven.length > 0,
      () =>
        `At ${at(uneven)} the slowest rank takes ${number(Math.max(...uneven.map((point) => point.imbalance ?? 1)))} times the mean: look at that device, or at how sizes are dealt out.`,
    ),
    ...say('curvature', power !== undefined && curvature !== undefined && curvature.pValue < 0.05, () =>
      curvature !== undefined && curvature.bend > 0
        ? `The points flatten against a power law (p = ${number(curvature.pValue, 1)}), whatever its R² of ${power?.r2?.toFixed(2)} says: its exponent depends on the counts measured.`
        : `The points steepen against a power law (p = ${number(curvature?.pValue ?? 1, 1)}): its exponent depends on the counts measured.`,
    ),
  ];
}

/** "4, 8 and 16 devices", the longest list cut short. */
function countsOf(points: readonly Point[]): string {
  const list = [...new Set(points.map((point) => point.devices))].sort((a, b) => a - b);
  if (list.length === 1) return devices(list[0]);
  if (list.length > 5) return `${list.length} device counts (${list[0]} to ${list[list.length - 1]})`;
  return `${list.slice(0, -1).join(', ')} and ${list[list.length - 1]} devices`;
}
