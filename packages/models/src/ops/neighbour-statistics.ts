import type { Batch } from '@litmatter/molecules';
import {
  add,
  addN,
  cast,
  concat,
  div,
  equal,
  gather,
  greater,
  keep,
  matMul,
  max,
  maximum,
  min,
  mul,
  reshape,
  type Scalar,
  scalar,
  split,
  sqrt,
  square,
  sub,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  tensor1d,
  tensor2d,
  tensor3d,
  transpose,
} from '@tensorflow/tfjs-core';
import { differentiable, hasKernel, runKernel } from './op.ts';
import { applyLevel, type Level, transposeTable, uploadLevel } from './rows.ts';

/** The bonds of a batch on the backend: from each atom's neighbours and the types of the bonds to them. */
export type BondGraph = BondEdges | BondSlots;

/** For kernels of ours: the edges as they are, sorted by target. */
interface BondEdges {
  readonly kind: 'edges';
  /** [E] int32 */
  readonly source: Tensor1D;
  /** [E] int32: type of each edge's bond. */
  readonly bond: Tensor1D;
  /** [N + 1] int32 */
  readonly start: Tensor1D;
}

/** For the composed form: D places an atom. Empty ones repeat the first, so that least and largest need no mask. */
interface BondSlots {
  readonly kind: 'slots';
  /** [N D] int32 */
  readonly neighbour: Tensor1D;
  readonly bond: Tensor1D;
  /** [N, 1, D] 1 / neighbours, and 1: 0 for empty places. */
  readonly share: Tensor3D;
  readonly present: Tensor3D;
  /** [N, 1] 1 / neighbours, and 1: 0 for atoms without. */
  readonly atomShare: Tensor2D;
  readonly connected: Tensor2D;
  /** From the gradients of the places to those of atoms and of bond types. */
  readonly toAtoms: PlaceSums;
  readonly toBonds: PlaceSums;
}

/** Sums over some of the places, [N D, F] -> [S, F]: of segments where a backend has them, else a chain of tables. */
type PlaceSums =
  | readonly Level[]
  | {
      /** [E] int32: places by what they are summed into, and that; S, int32. */
      readonly index: Tensor1D;
      readonly segment: Tensor1D;
      readonly segments: Scalar;
    };

function sumPlaces(x: Tensor2D, sums: PlaceSums): Tensor2D {
  if (!('index' in sums)) return sums.reduce((rows, level) => applyLevel(rows, level), x);
  const { index, segment, segments } = sums;
  return runKernel('SegmentSums', { x, index, segment, segments });
}

/**
 * @param into - [E] what each edge is summed into, 0 .. count - 1
 * @param placeOf - of an edge
 */
function uploadSegmentSums(
  into: ArrayLike<number>,
  count: number,
  placeOf: (edge: number) => number,
): PlaceSums {
  const order = Int32Array.from(into, (_, e) => e).sort((e, f) => into[e] - into[f]);
  return {
    index: keep(tensor1d(order.map(placeOf), 'int32')),
    segment: keep(
      tensor1d(
        order.map((e) => into[e]),
        'int32',
      ),
    ),
    segments: keep(scalar(count, 'int32')),
  };
}

/** @param bondTypes - B: one more than the largest bond order may be */
export function uploadBonds(batch: Batch, bondTypes: number): BondGraph {
  const { source, bondOrder, edgeStart } = batch;
  const ints = (values: ArrayLike<number>) => keep(tensor1d(Int32Array.from(values), 'int32'));
  if (!hasKernel('NeighbourStatistics')) return uploadSlots(batch, bondTypes);
  // No tensor is empty.
  const some = (values: ArrayLike<number>) => (values.length > 0 ? values : [0]);
  return { kind: 'edges', source: ints(some(source)), bond: ints(some(bondOrder)), start: ints(edgeStart) };
}

function uploadSlots(batch: Batch, bondTypes: number): BondSlots {
  const { atoms, slots, edges, source, target, reverse, bondOrder, edgeStart, inSlots } = batch;
  const places = atoms * slots;
  const degree = (i: number) => edgeStart[i + 1] - edgeStart[i];
  const edgeAt = inSlots.map((e, place) => (e < edges ? e : edgeStart[Math.floor(place / slots)]));
  const of = (values: ArrayLike<number>) =>
    // An atom without neighbours has no first edge of its own, and what it repeats counts for nothing.
    Int32Array.from(edgeAt, (e) => values[e] ?? 0);
  const present = Float32Array.from(inSlots, (e) => Number(e < edges));
  const inverse = (i: number) => 1 / Math.max(1, degree(i));
  const share = present.map((here, place) => here * inverse(Math.floor(place / slots)));
  const perAtom = (value: (i: number) => number) =>
    keep(
      tensor2d(
        Float32Array.from({ length: atoms }, (_, i) => value(i)),
        [atoms, 1],
      ),
    );
  const perPlace = (values: Float32Array) => keep(tensor3d(values, [atoms, 1, slots]));
  const ints = (values: Int32Array) => keep(tensor1d(values, 'int32'));
  const placeOf = (e: number) => target[e] * slots + e - edgeStart[target[e]];
  const bond = of(bondOrder);
  const segments = hasKernel('SegmentSums') && edges > 0;
  const bondTable = { sources: bondTypes, rows: places, terms: 1, index: bond, weight: present };
  return {
    kind: 'slots',
    neighbour: ints(of(source)),
    bond: ints(bond),
    share: perPlace(share),
    present: perPlace(present),
    atomShare: perAtom((i) => Math.min(1, degree(i)) * inverse(i)),
    connected: perAtom((i) => Math.min(1, degree(i))),
    toAtoms: segments
      ? uploadSegmentSums(source, atoms, placeOf)
      : [
          uploadLevel({
            sources: places,
            rows: atoms,
            terms: slots,
            index: inSlots.map((e) => (e < edges ? placeOf(reverse[e]) : 0)),
            weight: present,
          }),
        ],
    toBonds: segments
      ? uploadSegmentSums(bondOrder, bondTypes, placeOf)
      : transposeTable(bondTable).map(uploadLevel),
  };
}

/** Two forms of the standard deviation of a variance v: see `neighbourStatistics`. */
const forms = { floored: 0, softened: 1 } as const;

export interface StatisticsOptions {
  /** T: features come in so many groups. */
  readonly groups: number;
  /** `floored`: sqrt(v), and 0 where v is at most `floor`. `softened`: sqrt(v + floor), of atoms without neighbours too. */
  readonly deviation: keyof typeof forms;
  readonly floor: number;
}

/**
 * Mean, least, largest and standard deviation over the neighbours j of each atom i of the messages
 * base_i + x_j + bonds_type(i, j), element by element; all 0 for an atom without neighbours. What depends on i alone is
 * added once, at the end: it shifts the first three and leaves the deviation. G. Corso, L. Cavalleri, D. Beaini,
 * P. Lio, P. Velickovic: Principal neighbourhood aggregation for graph nets. NeurIPS 2020, arXiv:2004.05718, section 2.1.
 *
 * The gradient of a least or largest value that several neighbours share is shared evenly among them, as by torch.
 *
 * @param base - [N, F], as x is
 * @param bonds - [B, F]
 * @returns [T, N, 4 F / T], the statistics of a group one after the other
 */
export function neighbourStatistics(
  base: Tensor2D,
  x: Tensor2D,
  bonds: Tensor2D,
  graph: BondGraph,
  options: StatisticsOptions,
): Tensor3D {
  return graph.kind === 'edges'
    ? own(base, x, bonds, graph, options)
    : composed(base, x, bonds, graph, options);
}

function own(
  base: Tensor2D,
  x: Tensor2D,
  bonds: Tensor2D,
  { source, bond, start }: BondEdges,
  { groups, deviation, floor }: StatisticsOptions,
): Tensor3D {
  const attributes = { groups, form: forms[deviation], floor };
  return differentiable<Tensor3D, [Tensor2D, Tensor2D]>(
    [base, x, bonds],
    (save) => {
      save(x, bonds);
      return runKernel('NeighbourStatistics', { base, x, bonds, source, bond, start }, attributes);
    },
    (dout, [savedX, savedBonds]) =>
      runKernel<Tensor[]>(
        'NeighbourStatisticsGradient',
        { x: savedX, bonds: savedBonds, source, bond, start, dout },
        attributes,
      ),
  );
}

/** Messages without base [N, D, F], the same less their mean, and their statistics [N, 1, F]. */
type Kept = [
  messages: Tensor3D,
  centred: Tensor3D,
  mean: Tensor3D,
  low: Tensor3D,
  high: Tensor3D,
  deviation: Tensor3D,
];

function composed(
  base: Tensor2D,
  x: Tensor2D,
  bonds: Tensor2D,
  graph: BondSlots,
  options: StatisticsOptions,
): Tensor3D {
  const [atoms, features] = x.shape;
  const { groups } = options;
  const width = features / groups;
  return differentiable<Tensor3D, Kept>(
    [base, x, bonds],
    (save) => {
      const kept = statisticsOf(x, bonds, graph, options);
      save(...kept);
      const [, , mean, low, high, deviation] = kept;
      const shifted = add(concat([mean, low, high], 1), reshape(base, [atoms, 1, features]));
      const all = concat([mul(shifted, reshape(graph.connected, [atoms, 1, 1])), deviation], 1);
      const grouped = transpose(reshape(all, [atoms, 4, groups, width]), [2, 0, 1, 3]);
      return reshape(grouped, [groups, atoms, 4 * width]);
    },
    (dout, kept) => {
      const grouped = transpose(reshape(dout, [groups, atoms, 4, width]), [1, 2, 0, 3]);
      return composedGradient(reshape(grouped, [atoms, 4, features]), kept, graph);
    },
  );
}

function statisticsOf(
  x: Tensor2D,
  bonds: Tensor2D,
  { neighbour, bond, share }: BondSlots,
  { deviation, floor }: StatisticsOptions,
): Kept {
  const [atoms, , slots] = share.shape;
  const rows = add(gather(x, neighbour), gather(bonds, bond));
  const messages: Tensor3D = reshape(rows, [atoms, slots, x.shape[1]]);
  const mean: Tensor3D = matMul(share, messages);
  const centred: Tensor3D = sub(messages, mean);
  const variance = matMul(share, square(centred));
  const spread =
    deviation === 'softened'
      ? sqrt(add(variance, floor))
      : mul(sqrt(variance), cast(greater(variance, floor), 'float32'));
  return [messages, centred, mean, min(messages, 1, true), max(messages, 1, true), spread as Tensor3D];
}

function composedGradient(
  dall: Tensor3D,
  [messages, centred, , low, high, deviation]: Kept,
  graph: BondSlots,
): Tensor[] {
  const [atoms, slots, features] = messages.shape;
  const [dmean, dlow, dhigh, ddeviation] = split(dall, 4, 1) as Tensor3D[];
  const share = reshape(graph.atomShare, [atoms, 1, 1]);
  const dbase = mul(addN([dmean, dlow, dhigh]), reshape(graph.connected, [atoms, 1, 1]));
  /** Gradient of a least or largest value, shared among the messages that have it. */
  const shared = (value: Tensor3D, gradient: Tensor3D) => {
    const holders = cast(equal(messages, value), 'float32') as Tensor3D;
    return mul(holders, div(gradient, maximum(matMul(graph.present, holders), 1)));
  };
  // d(deviation) / d(message) = (message - mean) / (neighbours x deviation), 0 where the deviation is.
  const slope = div(mul(ddeviation, share), add(deviation, cast(equal(deviation, 0), 'float32')));
  const live = mul(slope, cast(greater(deviation, 0), 'float32'));
  const even = add(mul(centred, live), mul(dmean, share));
  const dmessages = reshape(addN([even, shared(low, dlow), shared(high, dhigh)]), [atoms * slots, features]);
  return [
    reshape(dbase, [atoms, features]),
    sumPlaces(dmessages as Tensor2D, graph.toAtoms),
    sumPlaces(dmessages as Tensor2D, graph.toBonds),
  ];
}
