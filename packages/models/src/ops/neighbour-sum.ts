import type { Batch } from '@litmatter/molecules';
import {
  add,
  gather,
  keep,
  matMul,
  mul,
  reshape,
  type Scalar,
  scalar,
  split,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  tensor1d,
  tensor2d,
  tensor3d,
} from '@tensorflow/tfjs-core';
import type { PairRows } from './interpolation.ts';
import { differentiable, hasKernel, runKernel } from './op.ts';

/**
 * The graph of a batch on the backend, for filters that are the same in both directions of an edge: one filter row an
 * undirected pair, each pair with a fixed scale.
 */
export type PairGraph = PairEdges | PairHalves | PairSlots;

/** For kernels of ours: the edges as they are, sorted by target. */
interface PairEdges {
  readonly kind: 'edges';
  /** [P] */
  readonly scale: Tensor1D;
  /** [E] int32: source atom and pair of each edge. */
  readonly source: Tensor1D;
  readonly pair: Tensor1D;
  /** [N + 1] int32: the edges into atom i are start[i] .. start[i + 1] - 1. */
  readonly start: Tensor1D;
  /**
   * For the gradients [P, 2] int32: the two atoms of each pair. Where one kernel of ours makes both gradients, all of
   * source, pair, start and these, one after the other.
   */
  readonly ends: { readonly atoms: Tensor2D } | { readonly graph: Tensor1D };
}

/** Where a backend sums segments of gathered rows: each filter twice, once an edge of its pair. */
interface PairHalves {
  readonly kind: 'halves';
  /** [R, 1], R rows of filters; undefined where every pair's is 1. */
  readonly scale: Tensor2D | undefined;
  /** [2 R] int32: the atom that each row comes from, and the one that it goes to: the pair's other half's. */
  readonly source: Tensor1D;
  readonly sink: Tensor1D;
  /** [E] int32: the rows by target, the same rows of the pairs' other halves, and the target of each. */
  readonly row: Tensor1D;
  readonly otherRow: Tensor1D;
  readonly target: Tensor1D;
  /** N, int32 */
  readonly atoms: Scalar;
}

/** For the composed form: padded tables, so that every sum is a product with weights and nothing is scattered. */
interface PairSlots {
  readonly kind: 'slots';
  /** [N D] int32: each atom's neighbours (0 for padding), and the pair it makes with each. */
  readonly neighbour: Tensor1D;
  readonly pair: Tensor1D;
  /** [N, 1, D]: that pair's scale (0 for padding). */
  readonly scale: Tensor3D;
  /** [2 P] int32: i, j of every pair, and j, i. */
  readonly either: Tensor1D;
  readonly other: Tensor1D;
  /** [P, 1, 2]: each pair's scale, twice. */
  readonly both: Tensor3D;
}

/**
 * Put the pairs of a batch onto the current backend, where they stay until disposed of. A batch without pairs gets
 * one that counts for nothing, so that no tensor is empty. Rows of filters that are no pair's count for nothing too.
 *
 * @param pairScale - [P] what each pair's filter is multiplied by
 * @param pairRows - which row of the filters is each pair's, where they do not stand in the pairs' order
 */
export function uploadPairs(batch: Batch, pairScale: Float32Array, pairRows?: PairRows): PairGraph {
  const pairs = pairCount(batch);
  const scale = new Float32Array(pairs);
  scale.set(pairScale);
  const rows = pairRows ?? { rows: pairs, rowOf: Int32Array.from(scale, (_, p) => p) };
  const atoms = new Int32Array(2 * pairs);
  for (let e = 0; e < 2 * batch.pairs; e++) atoms[e] = batch.target[batch.pairEdges[e]];
  const ints = (values: Int32Array) => keep(tensor1d(values, 'int32'));
  if (hasKernel('SegmentSums')) return uploadHalves(batch, scale, rows);
  if (!hasKernel('NeighbourSum')) return uploadSlots(batch, atoms, scale);
  const [source, pair, start] = [atLeastOne(batch.source), atLeastOne(batch.pairOf), edgeStarts(batch)];
  return {
    kind: 'edges',
    scale: keep(tensor1d(scale)),
    source: ints(source),
    pair: ints(pair),
    start: ints(start),
    ends: hasKernel('NeighbourSumGradient')
      ? { graph: ints(Int32Array.from([source, pair, start, atoms].flatMap((part) => [...part]))) }
      : { atoms: keep(tensor2d(atoms, [pairs, 2], 'int32')) },
  };
}

/** Rows of a filter: the batch's pairs, and never none. */
export function pairCount(batch: Batch): number {
  return Math.max(1, batch.pairs);
}

function atLeastOne(values: Int32Array): Int32Array {
  return values.length > 0 ? values : new Int32Array(1);
}

function edgeStarts(batch: Batch): Int32Array {
  const start = new Int32Array(batch.atoms + 1);
  for (const i of batch.target) start[i + 1]++;
  for (let i = 0; i < batch.atoms; i++) start[i + 1] += start[i];
  return start;
}

function uploadHalves(batch: Batch, pairScale: Float32Array, { rows, rowOf }: PairRows): PairHalves {
  const { pairs, pairEdges, source, target, edges } = batch;
  const from = new Int32Array(2 * rows);
  const rowOfEdge = new Int32Array(edges);
  const scale = new Float32Array(rows);
  for (let p = 0; p < pairs; p++) {
    scale[rowOf[p]] = pairScale[p];
    for (const half of [0, 1]) {
      const edge = pairEdges[2 * p + half];
      rowOfEdge[edge] = half * rows + rowOf[p];
      from[rowOfEdge[edge]] = source[edge];
    }
  }
  const ints = (values: Int32Array) => keep(tensor1d(values, 'int32'));
  const other = (row: number) => (row + rows) % (2 * rows);
  const even = pairs > 0 && pairScale.every((value) => value === 1);
  return {
    kind: 'halves',
    scale: even ? undefined : keep(tensor2d(scale, [rows, 1])),
    source: ints(from),
    sink: ints(from.map((_, row) => from[other(row)])),
    row: ints(atLeastOne(rowOfEdge)),
    otherRow: ints(atLeastOne(rowOfEdge.map(other))),
    target: ints(atLeastOne(target)),
    atoms: keep(scalar(batch.atoms, 'int32')),
  };
}

function uploadSlots(batch: Batch, atoms: Int32Array, pairScale: Float32Array): PairSlots {
  const { inSlots, edges } = batch;
  const neighbour = new Int32Array(inSlots.length);
  const pair = new Int32Array(inSlots.length);
  const scale = new Float32Array(inSlots.length);
  inSlots.forEach((edge, slot) => {
    if (edge === edges) return;
    neighbour[slot] = batch.source[edge];
    pair[slot] = batch.pairOf[edge];
    scale[slot] = pairScale[batch.pairOf[edge]];
  });
  const ints = (values: Int32Array) => keep(tensor1d(values, 'int32'));
  const both = Float32Array.from(atoms, (_, k) => pairScale[k >> 1]);
  return {
    kind: 'slots',
    neighbour: ints(neighbour),
    pair: ints(pair),
    scale: keep(tensor3d(scale, [batch.atoms, 1, batch.slots])),
    either: ints(atoms),
    other: ints(atoms.map((_, k) => atoms[k ^ 1])),
    both: keep(tensor3d(both, [pairScale.length, 1, 2])),
  };
}

/**
 * Continuous-filter convolution: y_i = sum over the neighbours j of i of x_j * filter_ij scale_ij, element by element,
 * with filter_ij = filter_ji. Schuett et al., SchNet (2017), equation 1.
 *
 * @param x - [N, F]
 * @param filter - [P, F]
 * @returns [N, F]
 */
export function neighbourSum(x: Tensor2D, filter: Tensor2D, graph: PairGraph): Tensor2D {
  if (graph.kind === 'halves') return inHalves(x, filter, graph);
  return differentiable<Tensor2D, [Tensor2D, Tensor2D]>(
    [x, filter],
    (save) => {
      save(x, filter);
      return graph.kind === 'edges' ? own(x, filter, graph) : composed(x, filter, graph);
    },
    // Graph and filter are symmetric, so the gradient in x is the same sum over dy.
    (dy, [savedX, savedFilter]) =>
      graph.kind === 'edges'
        ? ownGradients(dy, savedX, savedFilter, graph)
        : [composed(dy, savedFilter, graph), composedFilterGradient(dy, savedX, graph)],
  );
}

function inHalves(x: Tensor2D, filter: Tensor2D, graph: PairHalves): Tensor2D {
  const { scale, source, sink, row, otherRow, target: segment, atoms: segments } = graph;
  const [rows, features] = filter.shape;
  const sum = (gathered: Tensor3D, scaled: Tensor2D, index: Tensor1D): Tensor2D => {
    const messages = reshape(mul(gathered, scaled), [2 * rows, features]);
    return runKernel('SegmentSums', { x: messages, index, segment, segments });
  };
  const both = (y: Tensor2D, atoms: Tensor1D): Tensor3D => reshape(gather(y, atoms), [2, rows, features]);
  return differentiable<Tensor2D, [Tensor3D, Tensor2D]>(
    [x, filter],
    (save) => {
      const scaled: Tensor2D = scale ? mul(filter, scale) : filter;
      const gathered = both(x, source);
      save(gathered, scaled);
      return sum(gathered, scaled, row);
    },
    (dy, [gathered, scaled]) => {
      const dgathered = both(dy, sink);
      // dfilter_p = scale_p (x_j * dy_i + x_i * dy_j)
      const [half, otherHalf] = split(mul(gathered, dgathered), 2);
      const dscaled: Tensor2D = reshape(add(half, otherHalf), [rows, features]);
      return [sum(dgathered, scaled, otherRow), scale ? mul(dscaled, scale) : dscaled];
    },
  );
}

function own(x: Tensor2D, filter: Tensor2D, { scale, source, pair, start }: PairEdges): Tensor2D {
  return runKernel('NeighbourSum', { x, filter, scale, source, pair, start });
}

function ownGradients(dy: Tensor2D, x: Tensor2D, filter: Tensor2D, edges: PairEdges): Tensor2D[] {
  const { scale, ends } = edges;
  if ('graph' in ends) return runKernel('NeighbourSumGradient', { x, filter, dy, scale, graph: ends.graph });
  const dfilter = runKernel<Tensor2D>('NeighbourSumFilterGradient', { x, dy, scale, atoms: ends.atoms });
  return [own(dy, filter, edges), dfilter];
}

function composed(x: Tensor2D, filter: Tensor2D, { neighbour, pair, scale }: PairSlots): Tensor2D {
  const [atoms, , slots] = scale.shape;
  const messages = mul(gather(x, neighbour), gather(filter, pair));
  return weightedRows(scale, messages, [atoms, slots, x.shape[1]]);
}

/** dfilter_p = scale_p (x_j * dy_i + x_i * dy_j) */
function composedFilterGradient(dy: Tensor2D, x: Tensor2D, { either, other, both }: PairSlots): Tensor2D {
  const products = mul(gather(dy, either), gather(x, other));
  return weightedRows(both, products, [both.shape[0], 2, x.shape[1]]);
}

/** Sum over the middle axis with weights [R, 1, K], as a batched product: [R, F]. */
function weightedRows(weights: Tensor3D, rows: Tensor, shape: [number, number, number]): Tensor2D {
  return reshape(matMul(weights, reshape(rows, shape)), [shape[0], shape[2]]);
}
