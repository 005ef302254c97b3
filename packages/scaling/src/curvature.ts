import type { CurvePoint } from './curve.ts';
import { dot, inverseRoot, leastSquares } from './math/linear.ts';
import { studentPValue } from './math/student.ts';

/** Whether ln t bends against ln n: what R^2 alone hides. */
export interface Curvature {
  /** Coefficient of (ln n)^2: positive where the curve flattens (a floor), negative where it steepens. */
  readonly bend: number;
  /** Two-sided p-value of no bend, t with m - 3 degrees of freedom. */
  readonly pValue: number;
}

/**
 * Regress ln t on ln n and (ln n)^2 and test the latter. Undefined with fewer than four distinct counts.
 * (ln n is centred: the two columns are then nearly orthogonal, the coefficient is the same.)
 */
export function curvatureOf(curve: readonly CurvePoint[]): Curvature | undefined {
  const dof = curve.length - 3;
  if (dof < 1) return undefined;
  const logs = curve.map((point) => Math.log(point.devices));
  const middle = logs.reduce((sum, value) => sum + value, 0) / logs.length;
  const rows = logs.map((value) => [1, value - middle, (value - middle) ** 2]);
  const y = curve.map((point) => Math.log(point.seconds));
  const solved = leastSquares(rows, y);
  const root = inverseRoot(rows);
  if (!solved || !root) return undefined;
  const bend = solved.coefficients[2];
  // Residuals of rounding only: no bend but rounding either.
  const sigma = Math.max(Math.sqrt(solved.rss / dof), 1e-12);
  return { bend, pValue: studentPValue(bend / (sigma * Math.sqrt(dot(root[2], root[2]))), dof) };
}
