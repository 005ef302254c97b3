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
  /** [N] row of each atom's edge to itself; none where atoms have no such edges. */
  readonly loopOf: Int32Array;
}

const noLoops = new Int32Array(0);

export function raggedEdges({ edges }: Batch): EdgeRows {
  const rowOf = Int32Array.from({ length: edges }, (_, e) => e);
  return { kind: 'ragged', rows: Math.max(1, edges), rowOf, loopOf: noLoops };
}

/** Ragged for a kernel of ours that takes any number of rows an atom, and padded where there is none. */
export function edgesFor(batch: Batch, kernel: string): EdgeRows {
  if (hasKernel(kernel)) return raggedEdges(batch);
  const { atoms, slots, target, edgeStart } = batch;
  const rowOf = target.map((i, e) => i * slots + e - edgeStart[i]);
  return { kind: 'padded', rows: atoms * slots, rowOf, loopOf: noLoops };
}

/** As `edgesFor`, but for a last edge of every atom, from itself. */
export function loopedEdgesFor(batch: Batch, kernel: string): EdgeRows {
  const { atoms, edges, slots, target, edgeStart } = batch;
  const each = (row: (atom: number) => number) => Int32Array.from({ length: atoms }, (_, i) => row(i));
  if (hasKernel(kernel)) {
    const rowOf = target.map((i, e) => e + i);
    return { kind: 'ragged', rows: edges + atoms, rowOf, loopOf: each((i) => edgeStart[i + 1] + i) };
  }
  const width = slots + 1;
  const rowOf = target.map((i, e) => i * width + e - edgeStart[i]);
  return { kind: 'padded', rows: atoms * width, rowOf, loopOf: each((i) => i * width + slots) };
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

export function uploadSegments({ atoms, edgeStart }: Batch, { kind, rows, loopOf }: EdgeRows): Segments {
  if (kind === 'padded') return { kind, atoms, slots: rows / atoms };
  const start = loopOf.length > 0 ? edgeStart.map((first, i) => first + i) : edgeStart;
  return { kind, start: keep(tensor1d(start, 'int32')) };
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
export function uploadSources(batch: Batch, { rows, rowOf, loopOf }: EdgeRows): RowMap {
  const { atoms, source } = batch;
  const index = new Int32Array(rows);
  rowOf.forEach((row, e) => {
    index[row] = source[e];
  });
  loopOf.forEach((row, i) => {
    index[row] = i;
  });
  const weight = new Float32Array(rows).fill(1);
  return uploadRows({ sources: atoms, rows, terms: 1, index, weight }, () =>
    sourceSumTable(batch, { rows, rowOf, loopOf }),
  );
}

/** The sum over the edges out of each atom: [R, F] -> [N, F]. */
function sourceSumTable(batch: Batch, { rows, rowOf, loopOf }: Omit<EdgeRows, 'kind'>): RowTable {
  const { atoms, slots, reverse, edgeStart } = batch;
  const terms = slots + (loopOf.length > 0 ? 1 : 0);
  const index = new Int32Array(atoms * terms);
  const weight = new Float32Array(atoms * terms);
  for (let i = 0; i < atoms; i++) {
    let place = i * terms;
    const add = (row: number) => {
      index[place] = row;
      weight[place++] = 1;
    };
    for (let e = edgeStart[i]; e < edgeStart[i + 1]; e++) add(rowOf[reverse[e]]);
    if (loopOf.length > 0) add(loopOf[i]);
  }
  return { sources: rows, rows: atoms, terms, index, weight };
}

/**
 * From undirected pairs to their two edges: [P, F] -> [R, F]. Where atoms have edges to themselves there is one row
 * more, the last, which is theirs: [P + 1, F].
 *
 * @param edgeWeight - [E] what each edge's row is multiplied by
 */
export function uploadPairRows(
  batch: Batch,
  { rows, rowOf, loopOf }: EdgeRows,
  edgeWeight: Float32Array,
): RowMap {
  const { pairOf, pairEdges } = batch;
  const pairs = Math.max(1, batch.pairs);
  const sources = pairs + (loopOf.length > 0 ? 1 : 0);
  const index = new Int32Array(rows);
  const weight = new Float32Array(rows);
  rowOf.forEach((row, e) => {
    index[row] = pairOf[e];
    weight[row] = edgeWeight[e];
  });
  for (const row of loopOf) {
    index[row] = pairs;
    weight[row] = 1;
  }
  const table = { sources, rows, terms: 1, index, weight };
  return uploadRows(table, () => (loopOf.length > 0 ? undefined : XX));
}
