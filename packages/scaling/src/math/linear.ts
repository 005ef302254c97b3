/**
 * Least squares for designs of a few columns (a law has at most three terms).
 *
 * Written here and not taken from a matrix library: a QR of an [m][3] design is the twenty lines of `factor`, a live
 * refit does hundreds of them, and a general library (ml-matrix) took six times as long for each and adds two thirds to
 * what this package weighs in the browser.
 */

/** [m][p]: one row an observation, one column a coefficient. */
export type Rows = readonly (readonly number[])[];

export interface LeastSquares {
  /** One a column. */
  readonly coefficients: readonly number[];
  /** Residual sum of squares. */
  readonly rss: number;
}

interface Factors {
  /** [p][m], orthonormal. */
  readonly q: readonly Float64Array[];
  /** [p][p], upper triangular: X = Q R. */
  readonly r: readonly Float64Array[];
}

/** Below this share of its length a column counts as lying in the span of those before it. */
const dependent = 1e-9;

/**
 * X = Q R by modified Gram-Schmidt, each column projected twice, which keeps Q orthogonal to rounding
 * (Bjorck, Numerical Methods for Least Squares Problems, 2.4). Undefined where columns are dependent.
 */
function factor(rows: Rows): Factors | undefined {
  const [count, width] = [rows.length, rows[0]?.length ?? 0];
  if (width === 0 || count < width) return undefined;
  const q: Float64Array[] = [];
  const r: Float64Array[] = [];
  for (let k = 0; k < width; k++) r.push(new Float64Array(width));
  for (let k = 0; k < width; k++) {
    const column = new Float64Array(count);
    for (let i = 0; i < count; i++) column[i] = rows[i][k];
    const length = norm(column);
    if (!(length > 0 && length < Number.POSITIVE_INFINITY)) return undefined;
    for (let pass = 0; pass < 2; pass++) {
      for (let j = 0; j < k; j++) {
        const along = dot(q[j], column);
        r[j][k] += along;
        for (let i = 0; i < count; i++) column[i] -= along * q[j][i];
      }
    }
    const left = norm(column);
    if (left <= dependent * length) return undefined;
    r[k][k] = left;
    for (let i = 0; i < count; i++) column[i] /= left;
    q.push(column);
  }
  return { q, r };
}

/** Ordinary least squares; undefined where the data cannot tell the columns apart. */
export function leastSquares(rows: Rows, y: readonly number[]): LeastSquares | undefined {
  const factors = factor(rows);
  if (!factors) return undefined;
  const { q, r } = factors;
  const coefficients = q.map((column) => dot(column, y));
  for (let k = coefficients.length - 1; k >= 0; k--) {
    for (let j = k + 1; j < coefficients.length; j++) coefficients[k] -= r[k][j] * coefficients[j];
    coefficients[k] /= r[k][k];
  }
  return { coefficients, rss: residualSquares(rows, y, coefficients) };
}

/**
 * Least squares with every coefficient >= 0. Every set of columns is tried: the optimum is the plain solution on its
 * own support (Lawson and Hanson, Solving Least Squares Problems, ch. 23), hence the best of the feasible ones. Exact,
 * and without the tolerances of an iterative solver.
 */
export function nonNegativeLeastSquares(rows: Rows, y: readonly number[]): LeastSquares | undefined {
  const width = rows[0]?.length ?? 0;
  const all = leastSquares(rows, y);
  if (all?.coefficients.every((value) => value >= 0)) return all;
  let best: LeastSquares | undefined;
  for (let mask = 1; mask < (1 << width) - 1; mask++) {
    const columns: number[] = [];
    for (let column = 0; column < width; column++) if (mask & (1 << column)) columns.push(column);
    const part = leastSquares(pick(rows, columns), y);
    if (!part || part.coefficients.some((value) => value < 0)) continue;
    if (best && part.rss >= best.rss) continue;
    const coefficients = Array<number>(width).fill(0);
    columns.forEach((column, at) => {
      coefficients[column] = part.coefficients[at];
    });
    best = { coefficients, rss: part.rss };
  }
  return best;
}

/**
 * R^-1 [p][p] of the design's QR: (X'X)^-1 = R^-1 R^-T, so R^-1 z with standard normal z has that covariance.
 * Undefined where columns are dependent.
 */
export function inverseRoot(rows: Rows): number[][] | undefined {
  const r = factor(rows)?.r;
  if (!r) return undefined;
  const width = r.length;
  const inverse = Array.from({ length: width }, () => Array<number>(width).fill(0));
  for (let column = 0; column < width; column++) {
    for (let row = column; row >= 0; row--) {
      let sum = row === column ? 1 : 0;
      for (let k = row + 1; k <= column; k++) sum -= r[row][k] * inverse[k][column];
      inverse[row][column] = sum / r[row][row];
    }
  }
  return inverse;
}

/** A v */
export function times(matrix: Rows, vector: readonly number[]): number[] {
  return matrix.map((row) => dot(row, vector));
}

/** The named columns of a design, in that order. */
export function pick(rows: Rows, columns: readonly number[]): number[][] {
  return rows.map((row) => columns.map((column) => row[column]));
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function norm(vector: ArrayLike<number>): number {
  return Math.sqrt(dot(vector, vector));
}

function residualSquares(rows: Rows, y: readonly number[], coefficients: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < rows.length; i++) sum += (y[i] - dot(rows[i], coefficients)) ** 2;
  return sum;
}
