import type { Analysis } from '../analyse.ts';
import type { RankedFit } from '../choose.ts';
import type { Interval } from '../laws/law.ts';

/** JSON has no infinity: an unbounded number is null. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/**
 * An analysis as `litmatter fit --json` prints it and a result line carries it (CLI.md): each law's parameters by their
 * symbols, each with `<symbol>Interval`, and what every law has (r2, residual, aicc, weight,
 * leaveLargestOut).
 */
export function fitJson(analysis: Analysis): { readonly [key: string]: Json } {
  const { inflection, curvature, prediction } = analysis;
  return {
    series: analysis.series,
    protocol: analysis.protocol,
    points: analysis.rows.length,
    deviceCounts: analysis.curve.map((point) => point.devices),
    seconds: analysis.curve.map((point) => point.seconds),
    samples: analysis.context.samples,
    batchPerDevice: analysis.context.batchPerDevice,
    laws: analysis.laws.map(lawJson),
    omitted: analysis.omitted.map(({ law, reason }) => ({ name: law.name, reason })),
    prediction: prediction ? prediction.basis : null,
    curvature: curvature ? { bend: curvature.bend, pValue: curvature.pValue } : null,
    inflection: inflection
      ? {
          nHalf: finite(inflection.half?.devices),
          nHalfInterval: intervalJson(inflection.half?.interval),
          nHalfLaw: inflection.half?.law ?? null,
          breakpoint: finite(inflection.breakpoint?.devices),
          breakpointInterval: intervalJson(inflection.breakpoint?.interval),
          knee: finite(inflection.knee),
          disagree: inflection.disagree,
          sentences: inflection.sentences,
        }
      : null,
    mechanism: analysis.mechanism.map(({ says, action }) => `${says} ${action}`),
    warnings: analysis.warnings.map((warning) => warning.message),
  };
}

export function lawJson({ fit, aicc, weight, leaveLargestOut }: RankedFit): Json {
  const parameters = fit.estimates.flatMap(({ symbol, value, interval }): [string, Json][] => [
    [symbol, value],
    [`${symbol}Interval`, intervalJson(interval)],
  ]);
  return {
    name: fit.law.name,
    formula: fit.law.formula,
    ...Object.fromEntries(parameters),
    ...Object.fromEntries(Object.entries(fit.derived()).map(([key, value]) => [key, finite(value)])),
    r2: fit.r2,
    residual: fit.sigma,
    aicc,
    weight,
    leaveLargestOut,
    crossCheck: fit.law.crossCheck ?? false,
  };
}

function intervalJson(interval: Interval | null | undefined): Json {
  return interval ? [finite(interval.low), finite(interval.high)] : null;
}

export function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}
