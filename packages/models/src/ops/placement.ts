import {
  concat,
  gather,
  keep,
  reshape,
  type Scalar,
  scalar,
  Tensor,
  type Tensor1D,
  type Tensor2D,
  tensor1d,
} from '@tensorflow/tfjs-core';
import { hasKernel, runKernel } from './op.ts';
import { applyLevel, type Level, transposeTable, uploadLevel } from './rows.ts';

/** Rows of parts put where they belong, and rows of places summed into their atoms: as each backend does it best. */

/** Sums over some of the places, [P, F] -> [S, F]: of segments where a backend has them, else a chain of tables. */
export type PlaceSums =
  | readonly Level[]
  | {
      /** [E] int32: places by what they are summed into, and that; S, int32. */
      readonly index: Tensor1D;
      readonly segment: Tensor1D;
      readonly segments: Scalar;
    };

/**
 * Where the rows of several parts go, int32: which row of all of them each one comes from; or, where a backend can do
 * without joining the parts first, what becomes of each part's rows.
 */
export type Placement = Tensor1D | readonly Tensor1D[];

/**
 * @param to - where each row goes
 * @param sizes - rows of each part
 */
export function uploadPlacement(to: Int32Array, sizes: readonly number[]): Placement {
  if (!hasKernel('StitchRows')) {
    const from = new Int32Array(to.length);
    for (const [row, goal] of to.entries()) from[goal] = row;
    return ints(from);
  }
  return cut(to, sizes);
}

/** Pieces of these lengths, the empty ones left out. */
export function cut(values: Int32Array, sizes: readonly number[]): Tensor1D[] {
  const pieces: Tensor1D[] = [];
  let start = 0;
  for (const size of sizes) {
    if (size > 0) pieces.push(ints(values.subarray(start, start + size)));
    start += size;
  }
  return pieces;
}

/** Parts of any shapes, taken for rows of `width` numbers and put in their places: [R, width]. */
export function placed(parts: readonly Tensor2D[], width: number, placement: Placement): Tensor2D {
  const rows = parts.map((part): Tensor2D => reshape(part, [part.size / width, width]));
  if (placement instanceof Tensor) return gather(joined(rows), placement);
  return runKernel('StitchRows', Object.fromEntries([...placement, ...rows].entries()));
}

export function sumPlaces(x: Tensor2D, sums: PlaceSums): Tensor2D {
  if (!('index' in sums)) return sums.reduce((rows, level) => applyLevel(rows, level), x);
  const { index, segment, segments } = sums;
  return runKernel('SegmentSums', { x, index, segment, segments });
}

export const ints = (values: ArrayLike<number>) => keep(tensor1d(Int32Array.from(values), 'int32'));

/**
 * @param into - [P] what each place is summed into, 0 .. count - 1
 * @param counts - [P] 1, or 0 for empty places, which are not summed
 */
export function uploadSums(into: Int32Array, count: number, counts: Float32Array): PlaceSums {
  if (!hasKernel('SegmentSums') || !counts.includes(1)) {
    const table = { sources: count, rows: into.length, terms: 1, index: into, weight: counts };
    return transposeTable(table).map(uploadLevel);
  }
  const places = into.map((_, place) => place).filter((place) => counts[place] === 1);
  places.sort((a, b) => into[a] - into[b]);
  return {
    index: ints(places),
    segment: ints(places.map((place) => into[place])),
    segments: keep(scalar(count, 'int32')),
  };
}

/** Parts one below the other. */
export function joined(parts: Tensor2D[]): Tensor2D {
  return parts.length === 1 ? parts[0] : (concat(parts, 0) as Tensor2D);
}
