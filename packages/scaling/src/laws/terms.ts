import type { CurvePoint } from '../curve.ts';
import { minimise } from '../math/gaussNewton.ts';
import { dot, nonNegativeLeastSquares, type Rows } from '../math/linear.ts';
import { makeFit } from './fit.ts';
import type { Context, Fit, Law, Parameter, Unfit } from './law.ts';

interface TermLaw extends Omit<Law, 'fit' | 'freedom'> {
  readonly parameters: readonly Parameter[];
  /**
   * What stands beside each parameter at n devices: t(n) = sum_k theta_k terms[k]. Returns undefined where the context
   * lacks what the law counts with; `lacks` then says so.
   */
  terms(context: Context): ((n: number) => readonly number[]) | undefined;
  readonly lacks?: string;
  describe(fit: Fit): readonly string[];
  derived?(fit: Fit): Readonly<Record<string, number>>;
}

/** Why a fit without any term that matters on one device is none. */
export const vanishing = 'The times fit it only with an epoch that takes no time on one device.';

/** A law that is a sum of terms with coefficients >= 0, fitted to relative residuals. */
export function termLaw(parts: TermLaw): Law {
  const { terms, lacks, describe, derived, ...head } = parts;
  const law: Law = {
    ...head,
    freedom: parts.parameters.length,
    fit(curve, context): Fit | Unfit {
      const basis = terms(context);
      if (!basis) return { unfit: lacks ?? 'Not defined here.' };
      const theta = solveTerms(
        curve.map((point) => basis(point.devices)),
        curve,
      );
      if (!theta) return { unfit: 'The measured counts cannot tell its terms apart.' };
      const time = (at: readonly number[], n: number) => dot(basis(n), at);
      if (!(time(theta, 1) > 0)) return { unfit: vanishing };
      return makeFit({
        law,
        curve,
        context,
        theta,
        time,
        gradient(at, n) {
          const row = basis(n);
          const total = dot(row, at);
          return row.map((term) => term / total);
        },
        describe,
        ...(derived && { derived }),
      });
    },
  };
  return law;
}

/**
 * Coefficients >= 0 that minimise sum (ln t - ln X theta)^2, from the relative least squares (weights 1/t) on. No random
 * starts: the same points give the same bits.
 *
 * @param rows [m][p] terms at each count, all >= 0
 * @returns undefined where two terms cannot be told apart at these counts
 */
export function solveTerms(rows: Rows, curve: readonly Timed[]): readonly number[] | undefined {
  const start = relativeTerms(rows, curve);
  if (!start || rows.some((row) => !(dot(row, start) > 0))) return undefined;
  const { theta } = minimise(
    start,
    curve.map((point) => Math.log(point.seconds)),
    (at) => {
      const fitted = rows.map((row) => dot(row, at));
      return {
        logs: fitted.map(Math.log),
        gradients: rows.map((row, i) => row.map((term) => term / fitted[i])),
      };
    },
  );
  return theta.map((value, k) => (matters(value, k, rows, curve) ? value : 0));
}

/** Coefficients >= 0 that minimise sum (1 - X theta / t)^2: nearly the same for small residuals, and one solve. */
export function relativeTerms(rows: Rows, curve: readonly Timed[]): readonly number[] | undefined {
  return nonNegativeLeastSquares(
    rows.map((row, i) => row.map((term) => term / curve[i].seconds)),
    curve.map(() => 1),
  )?.coefficients;
}

type Timed = Pick<CurvePoint, 'seconds'>;

/** Whether a term is more than rounding at any count. */
function matters(value: number, column: number, rows: Rows, curve: readonly Timed[]): boolean {
  return rows.some((row, i) => value * row[column] > 1e-12 * curve[i].seconds);
}
