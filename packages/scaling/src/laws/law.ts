import type { CurvePoint } from '../curve.ts';
import type { Protocol } from '../points.ts';

/** What a law may know besides the times. */
export interface Context {
  readonly protocol: Protocol;
  /** N, training samples per epoch. */
  readonly samples: number | null;
  /** b, samples per device and step. */
  readonly batchPerDevice: number | null;
}

export interface Interval {
  readonly low: number;
  /** May be infinite: the data set no upper bound. */
  readonly high: number;
}

export interface Parameter {
  /** As formulas and exports spell it: "alpha", "c". */
  readonly symbol: string;
  readonly unit: string;
  /** What it stands for, in words. */
  readonly meaning: string;
  /** Estimated as its logarithm: the interval is lopsided and the value positive. */
  readonly logarithmic?: boolean;
  /** May be negative; every other parameter is a time or a share and may not. */
  readonly signed?: boolean;
}

export interface Estimate extends Parameter {
  readonly value: number;
  /** At the fit's level; null where the data say nothing about it. */
  readonly interval: Interval | null;
  readonly standardError: number | null;
}

/**
 * One way in which seconds per epoch may depend on the number of devices. To add one, copy SKELETON.ts and name it in
 * registry.ts.
 */
export interface Law {
  readonly name: string;
  readonly title: string;
  /** "t = c + A/n" */
  readonly formula: string;
  /** Where it comes from. */
  readonly source: string;
  readonly parameters: readonly Parameter[];
  /** Free numbers chosen by the fit, sigma not counted; more than `parameters` where a form was chosen as well. */
  readonly freedom: number;
  /** Distinct device counts it needs. */
  readonly leastCounts: number;
  /** A cross-check is shown, but takes no part in the weights. */
  readonly crossCheck?: boolean;
  /**
   * Fit to the distinct device counts of one series. Deterministic.
   * @param curve - ascending, at least 3 counts; times > 0
   */
  fit(curve: readonly CurvePoint[], context: Context): Fit | Unfit;
}

/** Why a law cannot be fitted here, in a sentence. */
export interface Unfit {
  readonly unfit: string;
}

/** A law with its parameters. Errors are relative: ln t is taken as normal around ln predict(n). */
export interface Fit {
  readonly law: Law;
  readonly curve: readonly CurvePoint[];
  readonly context: Context;
  readonly estimates: readonly Estimate[];
  /** Level of the intervals in `estimates`. */
  readonly level: number;
  /** m - number of parameters. */
  readonly dof: number;
  /** Residual standard deviation of ln t: about the relative error of a time. */
  readonly sigma: number;
  /** Residual sum of squares of ln t. */
  readonly rss: number;
  /** 1 - RSS/TSS of ln t; null where all times are equal. */
  readonly r2: number | null;
  /** The estimate of one parameter. */
  value(symbol: string): number;
  /** Seconds per epoch at n devices; always positive. */
  predict(n: number): number;
  /**
   * Where a time at n devices lies with the given probability, if the law holds: the band of one more measurement
   * (`measurement`), or of the curve itself (`curve`).
   */
  band(n: number, level: number, of?: 'measurement' | 'curve'): Interval;
  /** d ln t / d parameter at n, in the parameters' own order (logarithmic ones by their logarithm). */
  gradient(n: number): readonly number[];
  /** The parameters in that order, logarithmic ones as logarithms. */
  readonly theta: readonly number[];
  /** [p][p] L with covariance of theta = L L': theta + L z, z standard normal, is a draw of it. */
  readonly root: readonly (readonly number[])[];
  /** The curve of other parameters, in the order and scale of `theta`. */
  curveAt(theta: readonly number[]): (n: number) => number;
  /** Numbers that follow from the parameters ("nHalf"), or name the form the fit chose; may be infinite. */
  derived(): Readonly<Record<string, number>>;
  /** Sentences with units: what the parameters say. */
  describe(): readonly string[];
}

export function isFit(result: Fit | Unfit): result is Fit {
  return !('unfit' in result);
}
