import { inverse, Matrix, QrDecomposition } from 'ml-matrix';

export interface LeastSquares {
  /** One a column. */
  readonly coefficients: readonly number[];
  /** Residual sum of squares. */
  readonly rss: number;
}

/**
 * Ordinary least squares by QR, columns scaled to unit length first so that units do not matter.
 *
 * @param rows [m][p] the design matrix
 * @param y [m]
 * @returns undefined where the columns are linearly dependent: the data cannot tell the terms apart
 */
export function leastSquares(
  rows: readonly (readonly number[])[],
  y: readonly number[],
): LeastSquares | undefined {
  const scaled = scaleColumns(rows);
  if (!scaled || rows.length < scaled.scales.length) return undefined;
  const qr = new QrDecomposition(scaled.matrix);
  if (!wellPosed(qr)) return undefined;
  const solution = qr.solve(Matrix.columnVector([...y]));
  const coefficients = scaled.scales.map((scale, column) => solution.get(column, 0) / scale);
  return { coefficients, rss: residualSquares(rows, y, coefficients) };
}

/**
 * Least squares with every coefficient >= 0. The laws have at most three terms, so every set of terms is tried:
 * the optimum is the plain solution on its own support (Lawson and Hanson, Solving Least Squares Problems, ch. 23),
 * hence the best of the feasible ones. Exact, and without the tolerances an iterative solver needs.
 */
export function nonNegativeLeastSquares(
  rows: readonly (readonly number[])[],
  y: readonly number[],
): LeastSquares | undefined {
  const width = rows[0]?.length ?? 0;
  const all = leastSquares(rows, y);
  if (all?.coefficients.every((value) => value >= 0)) return all;
  let best: LeastSquares | undefined;
  for (let mask = 1; mask < 1 << width; mask++) {
    const columns = [...Array(width).keys()].filter((column) => mask & (1 << column));
    const part = leastSquares(
      rows.map((row) => columns.map((column) => row[column])),
      y,
    );
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

/** (X'X)^-1 [p][p] of a design matrix X [m][p]; undefined where its columns are dependent. */
export function inverseGram(rows: readonly (readonly number[])[]): number[][] | undefined {
  const scaled = scaleColumns(rows);
  if (!scaled || rows.length < scaled.scales.length) return undefined;
  const qr = new QrDecomposition(scaled.matrix);
  if (!wellPosed(qr)) return undefined;
  const root = inverse(qr.upperTriangularMatrix);
  const gram = root.mmul(root.transpose());
  return scaled.scales.map((a, i) => scaled.scales.map((b, j) => gram.get(i, j) / (a * b)));
}

/** v' M v */
export function quadratic(matrix: readonly (readonly number[])[], vector: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < vector.length; i++)
    for (let j = 0; j < vector.length; j++) sum += vector[i] * matrix[i][j] * vector[j];
  return sum;
}

function scaleColumns(rows: readonly (readonly number[])[]) {
  const width = rows[0]?.length ?? 0;
  if (width === 0) return undefined;
  const scales = Array.from({ length: width }, (_, column) => Math.hypot(...rows.map((row) => row[column])));
  if (scales.some((scale) => scale === 0 || !Number.isFinite(scale))) return undefined;
  const matrix = new Matrix(rows.map((row) => row.map((value, column) => value / scales[column])));
  return { matrix, scales };
}

/** With unit columns the diagonal of R measures how far each column stands out of the span of those before it. */
function wellPosed(qr: QrDecomposition): boolean {
  const diagonal = qr.upperTriangularMatrix.diagonal().map(Math.abs);
  return Math.min(...diagonal) > 1e-9;
}

function residualSquares(
  rows: readonly (readonly number[])[],
  y: readonly number[],
  coefficients: readonly number[],
): number {
  return rows.reduce((sum, row, i) => {
    const fitted = row.reduce((total, value, column) => total + value * coefficients[column], 0);
    return sum + (y[i] - fitted) ** 2;
  }, 0);
}
