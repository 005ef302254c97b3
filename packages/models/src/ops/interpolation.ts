import {
  gather,
  keep,
  matMul,
  reshape,
  type Scalar,
  scalar,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  tensor1d,
  tensor3d,
} from '@tensorflow/tfjs-core';
import { differentiable, hasKernel, runKernel } from './op.ts';
import { combineRowsOfEach, type RowMap, uploadRows } from './rows.ts';
import { interpolationTable } from './tables.ts';

/** Cubic interpolation of a table's rows at the distances of pairs, on the backend: see `interpolateEach`. */
export type Interpolation = ByRows | ByWindows;

/** Four rows of the table a pair, one row out a pair. */
interface ByRows {
  readonly kind: 'rows';
  readonly map: RowMap;
}

/**
 * Where a backend sums segments: pairs sorted by distance, in C parts of at most R of which each sees K rows of the
 * table, so that all is a batch of C small products. The rows that come out are in that order, some of them empty.
 */
interface ByWindows {
  readonly kind: 'windows';
  /** [C, R, K] weights, and the table's row of each place [C K]. */
  readonly weights: Tensor3D;
  readonly window: Tensor1D;
  /** [C K] int32: the places by row of the table, and the row of each. */
  readonly place: Tensor1D;
  readonly point: Tensor1D;
  /** G, int32 */
  readonly points: Scalar;
}

/** Which row of what comes out belongs to which pair. */
export interface PairRows {
  readonly rows: number;
  /** [P] */
  readonly rowOf: Int32Array;
}

/** K: of a window, which has the four rows of each of its pairs. */
const windowWidth = 8;
/** R is never more. */
const mostPairs = 16;

/**
 * Put onto the backend how a function known at `points` even places from 0 to `end` is interpolated at distances.
 *
 * @param distances - [P]
 * @param scale - [P] what comes out is multiplied by it
 */
export function uploadInterpolation(
  distances: Float32Array,
  scale: Float32Array,
  end: number,
  points: number,
): { readonly interpolation: Interpolation; readonly pairRows: PairRows } {
  const { index, weight } = interpolationTable(distances, end, points);
  const scaled = weight.map((value, k) => value * scale[k >> 2]);
  if (hasKernel('SegmentSums')) return uploadWindows(index, scaled, points);
  const rows = distances.length;
  const table = { sources: points, rows, terms: 4, index, weight: scaled };
  return {
    interpolation: { kind: 'rows', map: uploadRows(table) },
    pairRows: { rows, rowOf: Int32Array.from({ length: rows }, (_, p) => p) },
  };
}

/** Sorted pairs in parts: at most `most` of them, all within one window. */
function partsOf(index: Int32Array, most: number): { first: number; pairs: number[] }[] {
  const order = Int32Array.from({ length: index.length / 4 }, (_, p) => p);
  order.sort((p, q) => index[4 * p] - index[4 * q]);
  const parts: { first: number; pairs: number[] }[] = [];
  for (const pair of order) {
    const last = parts.at(-1);
    const first = index[4 * pair];
    if (last && last.pairs.length < most && first + 4 <= last.first + windowWidth) last.pairs.push(pair);
    else parts.push({ first, pairs: [pair] });
  }
  return parts;
}

function uploadWindows(index: Int32Array, weight: Float32Array, points: number) {
  const pairs = index.length / 4;
  // About as many as a window has where distances are even, lest empty rows be most of them.
  const even = Math.ceil((pairs * (windowWidth - 3)) / points);
  const height = Math.min(mostPairs, Math.max(1, even));
  const parts = partsOf(index, height);
  const weights = new Float32Array(parts.length * height * windowWidth);
  const window = new Int32Array(parts.length * windowWidth);
  const rowOf = new Int32Array(pairs);
  for (const [c, { first, pairs: members }] of parts.entries()) {
    // A window at the table's end would reach beyond it: what lies there weighs nothing.
    for (let k = 0; k < windowWidth; k++) window[c * windowWidth + k] = Math.min(points - 1, first + k);
    for (const [r, pair] of members.entries()) {
      const row = c * height + r;
      rowOf[pair] = row;
      for (let k = 0; k < 4; k++) {
        weights[row * windowWidth + index[4 * pair + k] - first] = weight[4 * pair + k];
      }
    }
  }
  const place = Int32Array.from(window, (_, k) => k).sort((k, l) => window[k] - window[l]);
  const ints = (values: Int32Array) => keep(tensor1d(values, 'int32'));
  const interpolation: ByWindows = {
    kind: 'windows',
    weights: keep(tensor3d(weights, [parts.length, height, windowWidth])),
    window: ints(window),
    place: ints(place),
    point: ints(place.map((k) => window[k])),
    points: keep(scalar(points, 'int32')),
  };
  return { interpolation, pairRows: { rows: parts.length * height, rowOf } };
}

/**
 * The rows of tables at every pair's distance: [G, F] -> [R, F] each, where `pairRows` says which row is whose. A cubic
 * through the four nearest points (Lagrange).
 */
export function interpolateEach(tables: readonly Tensor2D[], by: Interpolation): Tensor2D[] {
  return by.kind === 'rows' ? combineRowsOfEach(tables, by.map) : tables.map((table) => inWindows(table, by));
}

function inWindows(table: Tensor2D, by: ByWindows): Tensor2D {
  const { weights, window, place, point, points } = by;
  const [parts, height, width] = weights.shape;
  const features = table.shape[1];
  return differentiable<Tensor2D, []>(
    [table],
    () => {
      const windows: Tensor3D = reshape(gather(table, window), [parts, width, features]);
      return reshape(matMul(weights, windows), [parts * height, features]);
    },
    (dy) => {
      const dwindows = matMul(weights, reshape(dy, [parts, height, features]), true, false);
      const x = reshape(dwindows, [parts * width, features]);
      return [runKernel('SegmentSums', { x, index: place, segment: point, segments: points })];
    },
  );
}
