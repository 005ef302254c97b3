import {
  concat,
  gather,
  keep,
  matMul,
  mul,
  reshape,
  split,
  type Tensor2D,
  tensor2d,
} from '@tensorflow/tfjs-core';
import { differentiable, hasKernel, runKernel } from './op.ts';

/**
 * A fixed linear map from S rows to R rows of a batch, each a weighted sum of at most K:
 * (map x)[r] = sum_k weight[r, k] x[index[r, k]].
 * Padding is any valid index with weight 0. Embeddings (K = 1), sums over molecules or neighbours, and tables that
 * are interpolated (K = 4) are all of this kind.
 */
export interface RowTable {
  /** S */
  readonly sources: number;
  /** R */
  readonly rows: number;
  /** K */
  readonly terms: number;
  /** [R, K] 0 .. S - 1 */
  readonly index: Int32Array;
  /** [R, K] */
  readonly weight: Float32Array;
}

/** A row table on the backend. */
export interface RowMap {
  readonly sources: number;
  readonly forward: Level;
  /** The transpose as a chain of tables, applied one after the other; empty where a kernel of ours scatters. */
  readonly transpose: readonly Level[];
}

/** A table on the backend, without its transpose. */
export interface Level {
  /** [R, K] int32 */
  readonly index: Tensor2D;
  /** [R, K] */
  readonly weight: Tensor2D;
  /** Whether every row is one source row, as it is. */
  readonly copies: boolean;
}

/** No level of a transpose sums more rows than this: a row used ten thousand times costs three levels, not a width of ten thousand. */
const maxTerms = 32;

/**
 * The transpose of a table as a chain of tables: the first sums up to 32 uses of each source into partial rows, the
 * next sums partial rows, until there is one row a source. No scatter, and the same order of additions everywhere.
 */
export function transposeTable(table: RowTable): RowTable[] {
  const { sources, rows, terms, index, weight } = table;
  const uses: { row: number; weight: number }[][] = Array.from({ length: sources }, () => []);
  for (let r = 0; r < rows; r++) {
    for (let k = 0; k < terms; k++) {
      const w = weight[r * terms + k];
      if (w !== 0) uses[index[r * terms + k]].push({ row: r, weight: w });
    }
  }
  const levels: RowTable[] = [];
  let parts = uses;
  let available = rows;
  for (;;) {
    const width = Math.min(maxTerms, Math.max(1, ...longest(parts)));
    const next: { row: number; weight: number }[][] = [];
    const out: { row: number; weight: number }[][] = [];
    for (const part of parts) {
      const count = Math.max(1, Math.ceil(part.length / width));
      next.push(Array.from({ length: count }, (_, c) => ({ row: out.length + c, weight: 1 })));
      for (let c = 0; c < count; c++) out.push(part.slice(c * width, (c + 1) * width));
    }
    const level = {
      sources: available,
      rows: out.length,
      terms: width,
      index: new Int32Array(out.length * width),
      weight: new Float32Array(out.length * width),
    };
    out.forEach((part, r) => {
      part.forEach((use, k) => {
        level.index[r * width + k] = use.row;
        level.weight[r * width + k] = use.weight;
      });
    });
    levels.push(level);
    if (out.length === sources) return levels;
    parts = next;
    available = out.length;
  }
}

/** The length of the longest list, as a list of one (spreading thousands of arguments is no way to find it). */
function longest(parts: readonly (readonly unknown[])[]): [number] {
  return [parts.reduce((most, part) => Math.max(most, part.length), 0)];
}

export function uploadLevel(table: RowTable): Level {
  const shape: [number, number] = [table.rows, table.terms];
  return {
    index: keep(tensor2d(table.index, shape, 'int32')),
    weight: keep(tensor2d(table.weight, shape)),
    copies: table.terms === 1 && table.weight.every((w) => w === 1),
  };
}

/**
 * Put a table, and what its gradient needs there, onto the current backend, where they stay until disposed of.
 *
 * @param transposed - the table's transpose, where it is known: finding it costs more than using it
 */
export function uploadRows(table: RowTable, transposed?: () => RowTable): RowMap {
  const levels = () => (transposed ? [transposed()] : transposeTable(table));
  const transpose = hasKernel('CombineRowsGradient') ? [] : levels().map(uploadLevel);
  return { sources: table.sources, forward: uploadLevel(table), transpose };
}

/** Apply a map to x [S, F]: [R, F]. */
export function combineRows(x: Tensor2D, { sources, forward, transpose }: RowMap): Tensor2D {
  const { index, weight } = forward;
  const scatters = transpose.length === 0;
  return differentiable<Tensor2D, []>(
    [x],
    () => applyLevel(x, forward),
    (dy) => [
      scatters
        ? runKernel('CombineRowsGradient', { dy, index, weight }, { sources })
        : transpose.reduce(applyLevel, dy),
    ],
  );
}

/** Apply a map to each of several [S, F]: to all of them in one launch where a kernel of ours does it. */
export function combineRowsOfEach(xs: readonly Tensor2D[], map: RowMap): Tensor2D[] {
  const groups = xs.length;
  if (groups < 2 || !hasKernel('CombineRowsOfEach')) return xs.map((x) => combineRows(x, map));
  const apply = (x: Tensor2D, { index, weight }: Level): Tensor2D =>
    runKernel('CombineRowsOfEach', { x, index, weight }, { groups });
  const stacked: Tensor2D = concat([...xs], 0);
  const combined = differentiable<Tensor2D, []>(
    [stacked],
    () => apply(stacked, map.forward),
    (dy) => [map.transpose.reduce(apply, dy)],
  );
  return split(combined, groups, 0);
}

/** A table applied to x [S, F]; without a kernel of ours gather [R K, F], then a product with the weights as R rows of K: on no backend slower than a sum over K. */
export function applyLevel(x: Tensor2D, { index, weight, copies }: Level): Tensor2D {
  if (hasKernel('CombineRows')) return runKernel('CombineRows', { x, index, weight });
  const [rows, terms] = index.shape;
  const gathered = gather(x, reshape(index, [rows * terms]));
  if (terms === 1) return copies ? gathered : mul(gathered, weight);
  const width = x.shape[1];
  const products = matMul(reshape(weight, [rows, 1, terms]), reshape(gathered, [rows, terms, width]));
  return reshape(products, [rows, width]);
}
