import { type OmittedLaw, type Prediction, predictionOf, type RankedFit, rankLaws } from './choose.ts';
import { type Curvature, curvatureOf } from './curvature.ts';
import { type CurvePoint, curveOf, type ScalingRow, scalingRows } from './curve.ts';
import { type Inflection, inflectionOf } from './inflection.ts';
import type { Context, Law } from './laws/law.ts';
import { laws as allLaws } from './laws/registry.ts';
import { type Cause, mechanismOf } from './mechanism.ts';
import type { Point, Protocol } from './points.ts';
import { type Warning, warningsOf } from './warnings.ts';

/** Everything the dashboard, `litmatter fit` and a result line say of one series of points. */
export interface Analysis {
  readonly series: string;
  readonly protocol: Protocol;
  readonly context: Context;
  /** Each run with speedup, efficiency and cost, by device count. */
  readonly rows: readonly ScalingRow[];
  /** One entry a distinct device count: what the laws were fitted to. */
  readonly curve: readonly CurvePoint[];
  readonly laws: readonly RankedFit[];
  readonly omitted: readonly OmittedLaw[];
  /** Undefined with fewer than three distinct device counts. */
  readonly prediction: Prediction | undefined;
  readonly curvature: Curvature | undefined;
  readonly inflection: Inflection | undefined;
  /** What an epoch's time is made of, in words. */
  readonly mechanism: readonly Cause[];
  readonly warnings: readonly Warning[];
}

/** Points of several series and protocols, each analysed by itself, in order of first appearance. */
export function analyseAll(points: readonly Point[], laws: readonly Law[] = allLaws): Analysis[] {
  return [...seriesOf(points).values()].map((group) => analyse(group, laws));
}

/** The points that share a fit, by a key of their own, in order of first appearance. */
export function seriesOf<P extends Point>(points: readonly P[]): ReadonlyMap<string, readonly P[]> {
  return Map.groupBy(points, (point) =>
    JSON.stringify([point.series, point.protocol, point.samples, point.batchPerDevice]),
  );
}

/**
 * Analyse the points of one series: pure, deterministic, a few milliseconds for hundreds of runs.
 * @throws RangeError where points of different series or protocols are mixed: use analyseAll
 */
export function analyse(points: readonly Point[], laws: readonly Law[] = allLaws): Analysis {
  const [first] = points;
  if (!first) throw new RangeError('An analysis needs at least one point.');
  if (points.some((point) => point.series !== first.series || point.protocol !== first.protocol))
    throw new RangeError('Points of different series or protocols never share a fit; use analyseAll.');
  const context: Context = {
    protocol: first.protocol,
    samples: first.samples,
    batchPerDevice: first.batchPerDevice,
  };
  const curve = curveOf(points);
  const ranking = rankLaws(laws, curve, context);
  const curvature = curvatureOf(curve);
  return {
    series: first.series,
    protocol: first.protocol,
    context,
    rows: scalingRows(points),
    curve,
    laws: ranking.fits,
    omitted: ranking.omitted,
    prediction: predictionOf(ranking, curve),
    curvature,
    inflection: inflectionOf(ranking.fits, curve),
    mechanism: mechanismOf(ranking.fits, curve),
    warnings: warningsOf(points, curve, ranking.fits, curvature),
  };
}
