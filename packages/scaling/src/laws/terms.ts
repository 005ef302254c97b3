import type { CurvePoint } from '../curve.ts';
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
 * Coefficients >= 0 that minimise sum (ln t - ln X theta)^2. It starts from the relative least squares (weights 1/t) and takes
 * Gauss-Newton steps, each a non-negative least squares of its own; a step that does not help is halved. No random
 * starts: the same points give the same bits.
 *
 * @param rows [m][p] terms at each count, all >= 0
 * @returns undefined where two terms cannot be told apart at these counts
 */
export function solveTerms(
  rows: Rows,
  curve: readonly Pick<CurvePoint, 'seconds'>[],
): readonly number[] | undefined {
  const start = nonNegativeLeastSquares(
    rows.map((row, i) => row.map((term) => term / curve[i].seconds)),
    curve.map(() => 1),
  );
  if (!start) return undefined;
  let theta = start.coefficients;
  let loss = logLoss(rows, curve, theta);
  if (!Number.isFinite(loss)) return undefined;
  for (let step = 0; step < 50; step++) {
    const fitted = rows.map((row) => dot(row, theta));
    const next = nonNegativeLeastSquares(
      rows.map((row, i) => row.map((term) => term / fitted[i])),
      curve.map((point, i) => 1 + Math.log(point.seconds / fitted[i])),
    );
    if (!next) break;
    let part = 1;
    let moved = next.coefficients;
    let after = logLoss(rows, curve, moved);
    while (!(after < loss) && part > 1e-3) {
      part /= 2;
      moved = theta.map((value, k) => value + part * (next.coefficients[k] - value));
      after = logLoss(rows, curve, moved);
    }
    if (!(after < loss)) break;
    const gain = loss - after;
    theta = moved;
    loss = after;
    if (gain <= 1e-13 * loss) break;
  }
  return theta.map((value, k) => (matters(value, k, rows, curve) ? value : 0));
}

/** Whether a term is more than rounding at any count. */
function matters(
  value: number,
  column: number,
  rows: Rows,
  curve: readonly Pick<CurvePoint, 'seconds'>[],
): boolean {
  return rows.some((row, i) => value * row[column] > 1e-12 * curve[i].seconds);
}

/** Sum of squared log residuals; infinite where a fitted time is not positive. */
export function logLoss(
  rows: Rows,
  curve: readonly Pick<CurvePoint, 'seconds'>[],
  theta: readonly number[],
): number {
  let sum = 0;
  for (let i = 0; i < rows.length; i++) {
    const fitted = dot(rows[i], theta);
    if (!(fitted > 0)) return Number.POSITIVE_INFINITY;
    sum += Math.log(curve[i].seconds / fitted) ** 2;
  }
  return sum;
}
