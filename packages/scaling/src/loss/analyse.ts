import {
  leastCountsForAChoice,
  leastCountsForALaw,
  type OmittedLaw,
  type Prediction,
  predictionOf,
  type RankedFit,
  rankLaws,
} from '../choose.ts';
import { type CurvePoint, curveOf } from '../curve.ts';
import type { Context } from '../laws/law.ts';
import { number } from '../words.ts';
import { lossLaws } from './laws.ts';
import { type LossAxis, type LossPoint, type LossRun, lossPoints } from './points.ts';

/** What the errors of one series at one device count say. */
export interface LossAnalysis {
  readonly axis: LossAxis;
  readonly series: string;
  /** Errors at other counts, where the global batch is another, are another analysis. */
  readonly devices: number;
  readonly globalBatch: number;
  /** Each run, ascending by size. */
  readonly points: readonly LossPoint[];
  /** One entry a distinct size (`devices` is the size, `seconds` the error): what the laws were fitted to. */
  readonly curve: readonly CurvePoint[];
  readonly laws: readonly RankedFit[];
  readonly omitted: readonly OmittedLaw[];
  /** Undefined with fewer than three distinct sizes. */
  readonly prediction: Prediction | undefined;
  /** What the laws say, in words. */
  readonly sentences: readonly string[];
  /** What to know before believing them. */
  readonly warnings: readonly string[];
}

const context: Context = { protocol: 'fixed-per-device-batch', samples: null, batchPerDevice: null };

/**
 * Error against size, for every series and device count of an experiment that has two sizes or more: pure,
 * deterministic. Series in order of first appearance, counts ascending.
 */
export function analyseLoss(runs: readonly LossRun[], axis: LossAxis): LossAnalysis[] {
  const groups = Map.groupBy(lossPoints(runs, axis), ({ series, devices }) =>
    JSON.stringify([series, devices]),
  );
  const several = new Set(runs.map(({ view }) => view.spec.devices)).size > 1;
  const order = [...new Set([...groups.values()].map(([first]) => first.series))];
  return [...groups.values()]
    .filter((points) => new Set(points.map((point) => point.size)).size > 1)
    .map((points) => analysisOf(points, axis, several))
    .sort((a, b) => order.indexOf(a.series) - order.indexOf(b.series) || a.devices - b.devices);
}

function analysisOf(all: readonly LossPoint[], axis: LossAxis, several: boolean): LossAnalysis {
  const points = [...all].sort((a, b) => a.size - b.size || a.repeat - b.repeat);
  const [{ series, devices, globalBatch }] = points;
  const curve = curveOf(points.map(({ size, loss }) => ({ devices: size, seconds: loss })));
  const ranking = rankLaws(lossLaws, curve, context);
  const prediction = predictionOf(ranking, curve);
  return {
    axis,
    series,
    devices,
    globalBatch,
    points,
    curve,
    laws: ranking.fits,
    omitted: ranking.omitted.map(({ law, reason }) => ({
      law,
      reason: reason.replace('device counts', 'sizes'),
    })),
    prediction,
    sentences: sentencesOf(ranking.fits, prediction, curve, axis),
    warnings: warningsOf(points, curve, axis, several),
  };
}

const nouns: Readonly<Record<LossAxis, string>> = {
  molecules: 'training molecules',
  parameters: 'parameters',
};
/** Largest size / smallest below which an exponent says little of other sizes. */
const narrowRange = 4;
/** A law with less weight than this is not worth a sentence. */
const leastTold = 0.01;
/** So far beyond the largest size the next error is foretold. */
const ahead = 2;

function sentencesOf(
  fits: readonly RankedFit[],
  prediction: Prediction | undefined,
  curve: readonly CurvePoint[],
  axis: LossAxis,
): string[] {
  if (!prediction) return [];
  const chosen = fits
    .filter(({ weight }) => weight !== null)
    .sort((a, b) => (b.weight ?? 0) - (a.weight ?? 0));
  const told =
    chosen.length > 0 ? chosen.filter(({ weight }) => (weight ?? 0) >= leastTold) : fits.slice(0, 1);
  const size = ahead * curve[curve.length - 1].devices;
  const { low, high } = prediction.band(size, 0.95);
  return [
    ...told.flatMap(({ fit, weight }) =>
      fit
        .describe()
        .map((words) =>
          weight === null || told.length === 1
            ? words
            : `${words.slice(0, -1)} (weight ${number(100 * weight, 2)} %).`,
        ),
    ),
    `At ${number(size, 4)} ${nouns[axis]}, ${ahead} times the most measured, these laws foretell ${number(prediction.predict(size))} (${number(low)} to ${number(high)} at 95 %): an extrapolation.`,
  ];
}

function warningsOf(
  points: readonly LossPoint[],
  curve: readonly CurvePoint[],
  axis: LossAxis,
  several: boolean,
): string[] {
  const sizes = curve.length;
  const open = points.filter((point) => !point.finished).length;
  const falling = points.filter((point) => point.falling && point.finished).length;
  const range = curve[sizes - 1].devices / curve[0].devices;
  const [{ devices, globalBatch }] = points;
  const say = (holds: boolean, sentence: string) => (holds ? [sentence] : []);
  return [
    ...say(
      sizes < leastCountsForALaw,
      `${sizes} sizes are measured: an exponent needs at least ${leastCountsForALaw}.`,
    ),
    ...say(
      sizes >= leastCountsForALaw && sizes < leastCountsForAChoice,
      `With ${sizes} sizes no law can be preferred to another: the power law has no floor, and its exponent is too small where there is one. Measure at least ${leastCountsForAChoice}.`,
    ),
    ...say(
      sizes === leastCountsForAChoice,
      `With ${sizes} sizes a floor cannot be told from none: one more lets both laws be compared.`,
    ),
    ...say(
      sizes >= leastCountsForALaw && range < narrowRange,
      `The sizes differ by a factor of ${number(range)} only: the exponent holds for them, and says little of others.`,
    ),
    ...say(open > 0, `${open} of ${points.length} runs have epochs to go: their errors may still fall.`),
    ...say(
      falling > points.length / 2,
      `${falling} of ${points.length} runs were best at their last epoch: these are errors after so many epochs, not the least that can be reached.`,
    ),
    ...say(
      axis === 'molecules',
      'Every size trains for the same number of epochs, so fewer molecules also take fewer steps.',
    ),
    ...say(
      several,
      `These are the runs on ${devices === 1 ? 'one device' : `${devices} devices`}, global batch ${globalBatch}: at other counts the global batch is another, and so is the error it leads to. They are not mixed.`,
    ),
    ...say(
      sizes >= leastCountsForALaw && !curve.every((point) => point.runs >= 3),
      'Intervals hold what scatters about the law; how much runs with other seeds differ needs three repeats of every size.',
    ),
  ];
}
