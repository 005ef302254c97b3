import type { Batch } from '@litmatter/molecules';
import { keep, type Tensor1D, tensor1d } from '@tensorflow/tfjs-core';
import { hasKernel } from './op.ts';
import { type RowMap, type RowTable, uploadRows } from './rows.ts';

/**
 * How tensors of edges lie: R rows grouped by target. Ragged: one row an edge in the batch's own order, as many for an
 * atom as it has neighbours. Padded: D rows an atom (D the largest in-degree), so that the atoms are a batch of
 * matrices; what stands in rows without an edge must count for nothing in whatever weights them.
 */
export interface EdgeRows {
  readonly kind: 'ragged' | 'padded';
  /** R; never 0. */
  readonly rows: number;
  /** [E] row of each edge. */
  readonly rowOf: Int32Array;
}

export function raggedEdges({ edges }: Batch): EdgeRows {
  const rowOf = Int32Array.from({ length: edges }, (_, e) => e);
  return { kind: 'ragged', rows: Math.max(1, edges), rowOf };
}

/** Ragged for a kernel of ours that takes any number of rows an atom, and padded where there is none. */
export function edgesFor(batch: Batch, kernel: string): EdgeRows {
  if (hasKernel(kernel)) return raggedEdges(batch);
  const { atoms, slots, target, edgeStart } = batch;
  const rowOf = target.map((i, e) => i * slots + e - edgeStart[i]);
  return { kind: 'padded', rows: atoms * slots, rowOf };
}

/** Which rows belong to which atom. */
export type Segments =
  | {
      readonly kind: 'ragged';
      /** [N + 1] int32: atom i has the rows start[i] .. start[i + 1] - 1. */
      readonly start: Tensor1D;
    }
  | {
      readonly kind: 'padded';
      readonly atoms: number;
      /** D */
      readonly slots: number;
    };

export function uploadSegments({ atoms, slots, edgeStart }: Batch, { kind }: EdgeRows): Segments {
  return kind === 'ragged' ? { kind, start: keep(tensor1d(edgeStart, 'int32')) } : { kind, atoms, slots };
}

/** From atoms to edges, each edge j -> i the row of its target i: [N, F] -> [R, F]. */
export function uploadTargets(batch: Batch, rows: EdgeRows): RowMap {
  return uploadRows(targetTable(batch, rows), () => targetSumTable(batch, rows));
}

/** The sum over the edges into each atom: [R, F] -> [N, F]. */
export function uploadTargetSums(batch: Batch, rows: EdgeRows): RowMap {
  return uploadRows(targetSumTable(batch, rows), () => targetTable(batch, rows));
}

function targetTable({ atoms, target }: Batch, { rows, rowOf }: EdgeRows): RowTable {
  const index = new Int32Array(rows);
  const weight = new Float32Array(rows);
  rowOf.forEach((row, e) => {
    index[row] = target[e];
    weight[row] = 1;
  });
  return { sources: atoms, rows, terms: 1, index, weight };
}

function targetSumTable({ atoms, slots, edges, inSlots }: Batch, { rows, rowOf }: EdgeRows): RowTable {
  return {
    sources: rows,
    rows: atoms,
    terms: slots,
    index: inSlots.map((e) => (e === edges ? 0 : rowOf[e])),
    weight: Float32Array.from(inSlots, (e) => Number(e < edges)),
  };
}

/** From atoms to edges, each edge j -> i the row of its source j: [N, F] -> [R, F]; rows without an edge repeat atom 0. */
export function uploadSources(batch: Batch, { rows, rowOf }: EdgeRows): RowMap {
  const { atoms, slots, source, reverse, inSlots, edges } = batch;
  const index = new Int32Array(rows);
  rowOf.forEach((row, e) => {
    index[row] = source[e];
  });
  const weight = new Float32Array(rows).fill(1);
  const table = { sources: atoms, rows, terms: 1, index, weight };
  return uploadRows(table, () => ({
    sources: rows,
    rows: atoms,
    terms: slots,
    index: inSlots.map((e) => (e === edges ? 0 : rowOf[reverse[e]])),
    weight: Float32Array.from(inSlots, (e) => Number(e < edges)),
  }));
}

/**
 * From undirected pairs to their two edges: [P, F] -> [R, F].
 *
 * @param edgeWeight - [E] what each edge's row is multiplied by
 */
export function uploadPairRows(batch: Batch, { rows, rowOf }: EdgeRows, edgeWeight: Float32Array): RowMap {
  const { pairs, pairOf, pairEdges } = batch;
  const index = new Int32Array(rows);
  const weight = new Float32Array(rows);
  rowOf.forEach((row, e) => {
    index[row] = pairOf[e];
    weight[row] = edgeWeight[e];
  });
  const sources = Math.max(1, pairs);
  const table = { sources, rows, terms: 1, index, weight };
  return uploadRows(table, () => {
    const both = new Int32Array(2 * sources);
    const weights = new Float32Array(2 * sources);
    pairEdges.forEach((e, k) => {
      both[k] = rowOf[e];
      weights[k] = edgeWeight[e];
    });
    return { sources: rows, rows: sources, terms: 2, index: both, weight: weights };
  });
}
