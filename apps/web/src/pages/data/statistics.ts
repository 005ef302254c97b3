/** What a column of target values is like. */
export interface Column {
  readonly mean: number;
  /** With n - 1 in the denominator; 0 for one value. */
  readonly deviation: number;
  readonly least: number;
  readonly most: number;
  /** How many values fall into each of as many equal parts between the first and the last edge. */
  readonly counts: readonly number[];
  readonly edges: readonly [number, number];
  /** Values outside the edges: a thousandth at either end, so that one outlier does not make all others one bar. */
  readonly beyond: number;
}

const bins = 32;
/** Share of the values that may lie beyond either edge. */
const tail = 1e-3;

/** @returns undefined where no value is a number */
export function columnOf(values: ArrayLike<number>): Column | undefined {
  const sorted = Float64Array.from(values)
    .filter((value) => Number.isFinite(value))
    .sort();
  const n = sorted.length;
  if (n === 0) return undefined;
  const mean = sorted.reduce((sum, value) => sum + value / n, 0);
  const square = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const low = sorted[Math.floor(tail * n)]!;
  const high = sorted[n - 1 - Math.floor(tail * n)]!;
  const counts = new Array<number>(high > low ? bins : 1).fill(0);
  let beyond = 0;
  for (const value of sorted) {
    if (value < low || value > high) beyond++;
    else counts[Math.min(counts.length - 1, Math.floor((bins * (value - low)) / (high - low)) || 0)]!++;
  }
  return {
    ...{ mean, counts, beyond },
    deviation: n > 1 ? Math.sqrt(square / (n - 1)) : 0,
    least: sorted[0]!,
    most: sorted[n - 1]!,
    edges: [low, high],
  };
}
