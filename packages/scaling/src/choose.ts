import type { CurvePoint } from './curve.ts';
import { type Context, type Fit, type Interval, isFit, type Law } from './laws/law.ts';
import { studentFactor } from './math/student.ts';

/** Fewer distinct device counts than this: no exponent. */
export const leastCountsForALaw = 3;
/** Fewer than this: laws are shown, none is preferred. */
export const leastCountsForAChoice = 5;

/** No clock is better than this, relatively: residuals below it are rounding, and no law is preferred for them. */
const clockResolution = 1e-9;

/** A fitted law beside its rivals. */
export interface RankedFit {
  readonly fit: Fit;
  /** Null where m <= k + 1. */
  readonly aicc: number | null;
  /** Akaike weight among the laws compared, summing to 1; null where no choice is made or the law is a cross-check. */
  readonly weight: number | null;
  /**
   * |predicted/measured - 1| at the largest count when it is left out of the fit: how wrong this law is when
   * extrapolated by one count. Null where too few remain.
   */
  readonly leaveLargestOut: number | null;
}

export interface OmittedLaw {
  readonly law: Law;
  /** A sentence. */
  readonly reason: string;
}

export interface Ranking {
  readonly fits: readonly RankedFit[];
  readonly omitted: readonly OmittedLaw[];
}

/**
 * AICc = m ln(RSS/m) + 2k + 2k(k+1)/(m-k-1), RSS of ln t, k the law's free numbers and sigma.
 * Null for m <= k + 1, where it is not defined.
 *
 * Source: Hurvich and Tsai, Regression and time series model selection in small samples (1989).
 */
export function aiccOf(rss: number, counts: number, freedom: number): number | null {
  const k = freedom + 1;
  if (counts <= k + 1) return null;
  const floor = counts * clockResolution ** 2;
  return counts * Math.log(Math.max(rss, floor) / counts) + 2 * k + (2 * k * (k + 1)) / (counts - k - 1);
}

/** Akaike weights exp(-delta/2), normalised (Burnham and Anderson, Model Selection and Multimodel Inference, 2.9). */
export function akaikeWeights(aicc: readonly number[]): number[] {
  const best = Math.min(...aicc);
  const raw = aicc.map((value) => Math.exp(-(value - best) / 2));
  const sum = raw.reduce((total, value) => total + value, 0);
  return raw.map((value) => value / sum);
}

/** Fit every law that these counts allow, and weigh them from five distinct counts on. */
export function rankLaws(laws: readonly Law[], curve: readonly CurvePoint[], context: Context): Ranking {
  const counts = curve.length;
  const fits: Fit[] = [];
  const omitted: OmittedLaw[] = [];
  for (const law of laws) {
    const result = fitOne(law, curve, context);
    if (isFit(result)) fits.push(result);
    else omitted.push({ law, reason: result.unfit });
  }
  const choice = counts >= leastCountsForAChoice;
  const scored = fits.map((fit) => ({ fit, aicc: aiccOf(fit.rss, counts, fit.law.freedom) }));
  const compared = choice ? scored.filter(({ fit, aicc }) => aicc !== null && !fit.law.crossCheck) : [];
  const weights = akaikeWeights(compared.map(({ aicc }) => aicc ?? Number.POSITIVE_INFINITY));
  return {
    fits: scored.map((entry) => {
      const at = compared.indexOf(entry);
      return {
        ...entry,
        weight: at < 0 ? null : weights[at],
        leaveLargestOut: leaveLargestOut(entry.fit.law, curve, context),
      };
    }),
    omitted,
  };
}

function fitOne(law: Law, curve: readonly CurvePoint[], context: Context) {
  const least = Math.max(law.leastCounts, leastCountsForALaw, law.parameters.length + 1);
  if (curve.length < least)
    return { unfit: `Needs ${least} distinct device counts; ${curve.length} are measured.` };
  return law.fit(curve, context);
}

function leaveLargestOut(law: Law, curve: readonly CurvePoint[], context: Context): number | null {
  const largest = curve[curve.length - 1];
  const result = fitOne(law, curve.slice(0, -1), context);
  return isFit(result) ? Math.abs(result.predict(largest.devices) / largest.seconds - 1) : null;
}

/** Seconds per epoch at any n, from the weighted laws together, or from one where no choice is made. */
export interface Prediction {
  /** "average of 5 laws by weight", "power law (too few counts for a choice)". */
  readonly basis: string;
  readonly fits: readonly { readonly fit: Fit; readonly weight: number }[];
  predict(n: number): number;
  /**
   * Band in which a time at n (`measurement`) or the curve (`curve`) lies with the given probability. It holds the
   * laws' own uncertainty and their disagreement.
   */
  band(n: number, level: number, of?: 'measurement' | 'curve'): Interval;
  /** How far beyond the measured counts n lies: n/largest or smallest/n, 1 within them. */
  beyond(n: number): number;
}

/**
 * The weighted average of the laws' times; without weights the first fit's (the power law's), which is then shown but
 * not chosen. The band widens each law's by its distance from the average, in ln t: the unconditional interval of
 * Burnham and Anderson 4.3.2.
 */
export function predictionOf(ranking: Ranking, curve: readonly CurvePoint[]): Prediction | undefined {
  const weighted = ranking.fits.flatMap(({ fit, weight }) =>
    weight !== null && weight > 1e-6 ? [{ fit, weight }] : [],
  );
  const [first] = ranking.fits;
  const fits = weighted.length > 0 ? weighted : first ? [{ fit: first.fit, weight: 1 }] : [];
  if (fits.length === 0) return undefined;
  const total = fits.reduce((sum, entry) => sum + entry.weight, 0);
  const [smallest, largest] = [curve[0].devices, curve[curve.length - 1].devices];
  const predict = (n: number) =>
    fits.reduce((sum, { fit, weight }) => sum + (weight / total) * fit.predict(n), 0);
  return {
    basis:
      weighted.length === 0
        ? `${fits[0].fit.law.title.toLowerCase()}, not chosen: fewer than ${leastCountsForAChoice} device counts`
        : weighted.length === 1
          ? weighted[0].fit.law.title.toLowerCase()
          : `average of ${weighted.length} laws by weight`,
    fits,
    predict,
    band(n, level, of = 'measurement') {
      const centre = predict(n);
      let reach = 0;
      for (const { fit, weight } of fits) {
        const own = Math.log(fit.band(n, level, of).high / fit.predict(n));
        const apart = studentFactor(level, fit.dof) * Math.log(fit.predict(n) / centre);
        reach += (weight / total) * Math.hypot(own, apart);
      }
      return { low: centre * Math.exp(-reach), high: centre * Math.exp(reach) };
    },
    beyond: (n) => Math.max(1, n / largest, smallest / n),
  };
}
