import type { Batch } from '@litmatter/molecules';
import {
  abs,
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
  rsqrt,
  type Scalar,
  scalar,
  sign,
  split,
  square,
  sub,
  Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  tensor1d,
  tensor2d,
  tensor3d,
} from '@tensorflow/tfjs-core';
import type { StatisticsOptions } from './neighbour-statistics.ts';
import { differentiable, hasKernel, runKernel } from './op.ts';
import { applyLevel, type Level, transposeTable, uploadLevel } from './rows.ts';

/**
 * The bonds of a batch for the composed form. Atoms of at most two neighbours come first, with two places each: their
 * statistics follow from half the sum and half the difference, and in ZINC two atoms of three are such. Every other has
 * D places. An atom's empty places repeat its first, so that least and largest need no mask.
 */
export interface BondSlots {
  readonly kind: 'slots';
  /** T: features come in so many groups. */
  readonly groups: number;
  /** L: atoms of at most two neighbours. */
  readonly low: number;
  readonly others: OtherAtoms | undefined;
  /** [2 L + M D] int32: the first places of the L, their second ones, then D of each other atom. */
  readonly neighbour: Tensor1D;
  readonly bond: Tensor1D;
  /** [L] and [M] int32, an empty one left out: which atoms these are. */
  readonly atoms: readonly Tensor1D[];
  /** [1, 4 N, 1], where an atom has no neighbour: 0 for its mean, least and largest, else 1. */
  readonly connected: Tensor3D | undefined;
  /** From both parts to the atoms' order. */
  readonly toOrder: Placement;
  /** Rows of F / T: from [4, N, T] in this order to [T, N, 4] in the atoms', and back. */
  readonly toGroups: Placement;
  readonly fromGroups: Tensor1D;
  /** From the gradients of the places to those of atoms. */
  readonly toAtoms: PlaceSums;
  /** [P, B] 1 where a place is of that bond type and not empty. */
  readonly bondOf: Tensor2D;
}

/** The M atoms of more neighbours than two. */
interface OtherAtoms {
  /** [M, 1, D] 1 / neighbours, and 1: 0 for empty places. */
  readonly share: Tensor3D;
  readonly present: Tensor3D;
  /** [M, 1] 1 / neighbours */
  readonly atomShare: Tensor2D;
}

/** Sums over some of the places, [P, F] -> [S, F]: of segments where a backend has them, else a chain of tables. */
type PlaceSums =
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
type Placement = Tensor1D | readonly Tensor1D[];

/**
 * @param to - where each row goes
 * @param sizes - rows of each part
 */
function uploadPlacement(to: Int32Array, sizes: readonly number[]): Placement {
  if (!hasKernel('StitchRows')) {
    const from = new Int32Array(to.length);
    for (const [row, goal] of to.entries()) from[goal] = row;
    return ints(from);
  }
  return cut(to, sizes);
}

/** Pieces of these lengths, the empty ones left out. */
function cut(values: Int32Array, sizes: readonly number[]): Tensor1D[] {
  const pieces: Tensor1D[] = [];
  let start = 0;
  for (const size of sizes) {
    if (size > 0) pieces.push(ints(values.subarray(start, start + size)));
    start += size;
  }
  return pieces;
}

/** Parts of any shapes, taken for rows of `width` numbers and put in their places: [R, width]. */
function placed(parts: readonly Tensor2D[], width: number, placement: Placement): Tensor2D {
  const rows = parts.map((part): Tensor2D => reshape(part, [part.size / width, width]));
  if (placement instanceof Tensor) return gather(joined(rows), placement);
  return runKernel('StitchRows', Object.fromEntries([...placement, ...rows].entries()));
}

function sumPlaces(x: Tensor2D, sums: PlaceSums): Tensor2D {
  if (!('index' in sums)) return sums.reduce((rows, level) => applyLevel(rows, level), x);
  const { index, segment, segments } = sums;
  return runKernel('SegmentSums', { x, index, segment, segments });
}

const ints = (values: ArrayLike<number>) => keep(tensor1d(Int32Array.from(values), 'int32'));

/**
 * @param into - [P] what each place is summed into, 0 .. count - 1
 * @param counts - [P] 1, or 0 for empty places, which are not summed
 */
function uploadSums(into: Int32Array, count: number, counts: Float32Array): PlaceSums {
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

/** @param bondTypes - B: one more than the largest bond order may be */
export function uploadSlots(batch: Batch, bondTypes: number, groups: number): BondSlots {
  const { atoms, slots, source, bondOrder, edgeStart } = batch;
  const degree = (i: number) => edgeStart[i + 1] - edgeStart[i];
  const all = Array.from({ length: atoms }, (_, i) => i);
  const few = all.filter((i) => degree(i) <= 2);
  const many = all.filter((i) => degree(i) > 2);
  const places = [
    ...[0, 1].flatMap((k) => few.map((i) => ({ i, k, counts: degree(i) > 0 }))),
    ...many.flatMap((i) => Array.from({ length: slots }, (_, k) => ({ i, k, counts: k < degree(i) }))),
  ];
  // An atom without neighbours has no first edge of its own, and what it repeats counts for nothing.
  const of = (values: ArrayLike<number>) =>
    Int32Array.from(places, ({ i, k }) => values[edgeStart[i] + (k < degree(i) ? k : 0)] ?? 0);
  const counts = Float32Array.from(places, (place) => Number(place.counts));
  const order = Int32Array.from([...few, ...many]);
  const neighbour = of(source);
  const bond = of(bondOrder);
  const isolated = all.some((i) => degree(i) === 0);
  const mask = () =>
    Float32Array.from({ length: 4 * atoms }, (_, row) => Number(row % 4 === 3 || degree(row >> 2) > 0));
  const groupRow = (s: number, r: number, g: number) => (g * atoms + order[r]) * 4 + s;
  const toGroups = Int32Array.from({ length: 4 * atoms * groups }, (_, row) => {
    const place = Math.floor(row / groups);
    return groupRow(Math.floor(place / atoms), place % atoms, row % groups);
  });
  const sizes = [few.length, many.length];
  const inGroups = [...sizes, ...sizes, ...sizes, atoms].map((size) => size * groups);
  const bondOf = new Float32Array(bond.length * bondTypes);
  for (const [place, type] of bond.entries()) bondOf[place * bondTypes + type] = counts[place];
  return {
    kind: 'slots',
    groups,
    low: few.length,
    others: many.length > 0 ? uploadOthers(many.map(degree), slots) : undefined,
    neighbour: ints(neighbour),
    bond: ints(bond),
    atoms: cut(order, sizes),
    connected: isolated ? keep(tensor3d(mask(), [1, 4 * atoms, 1])) : undefined,
    toOrder: uploadPlacement(order, sizes),
    toGroups: uploadPlacement(toGroups, inGroups),
    fromGroups: ints(toGroups),
    toAtoms: uploadSums(neighbour, atoms, counts),
    bondOf: keep(tensor2d(bondOf, [bond.length, bondTypes])),
  };
}

function uploadOthers(degrees: readonly number[], slots: number): OtherAtoms {
  const perPlace = (value: (degree: number) => number) => {
    const values = degrees.flatMap((degree) =>
      Array.from({ length: slots }, (_, k) => (k < degree ? value(degree) : 0)),
    );
    return keep(tensor3d(values, [degrees.length, 1, slots]));
  };
  return {
    share: perPlace((degree) => 1 / degree),
    present: perPlace(() => 1),
    atomShare: keep(
      tensor2d(
        degrees.map((degree) => 1 / degree),
        [degrees.length, 1],
      ),
    ),
  };
}

/** What the gradient of the M others needs: messages [M, D, F], the same less their mean, and their extremes [M, 1, F]. */
type KeptOfOthers = [messages: Tensor3D, centred: Tensor3D, least: Tensor3D, largest: Tensor3D];

/** Statistics of some atoms, each [atoms, F]. */
interface Statistics {
  readonly mean: Tensor2D;
  readonly least: Tensor2D;
  readonly largest: Tensor2D;
  readonly variance: Tensor2D;
}

/** `neighbourStatistics` of ops that every backend has. */
export function composedStatistics(
  base: Tensor2D,
  x: Tensor2D,
  bonds: Tensor2D,
  graph: BondSlots,
  options: StatisticsOptions,
): Tensor3D {
  const [atoms, features] = x.shape;
  const { groups, connected } = graph;
  const width = features / groups;
  const masked = (grouped: Tensor): Tensor =>
    connected ? mul(reshape(grouped, [groups, 4 * atoms, width]), connected) : grouped;
  return differentiable<Tensor3D, Tensor[]>(
    [base, x, bonds],
    (save) => {
      const { parts, kept } = statisticsOf(base, x, bonds, graph);
      const variance = joined(parts.map((part) => part.variance));
      const { deviation, inverse } = deviationOf(variance, options);
      save(inverse, ...kept);
      const columns = (['mean', 'least', 'largest'] as const).flatMap((name) =>
        parts.map((part) => part[name]),
      );
      const all = placed([...columns, deviation], width, graph.toGroups);
      return reshape(masked(all), [groups, atoms, 4 * width]);
    },
    (dout, [inverse, ...kept]) => {
      const rows: Tensor2D = reshape(masked(dout), [groups * atoms * 4, width]);
      const dall: Tensor2D = reshape(gather(rows, graph.fromGroups), [4 * atoms, features]);
      return gradients(dall, inverse as Tensor2D, kept, graph);
    },
  );
}

/** Blocks of so many rows one after the other; those of none are left out. */
function blocks(x: Tensor2D, sizes: readonly number[]): Tensor2D[] {
  const some = sizes.filter((size) => size > 0);
  return some.length === 1 ? [x] : (split(x, some, 0) as Tensor2D[]);
}

function joined(parts: Tensor2D[]): Tensor2D {
  return parts.length === 1 ? parts[0] : (concat(parts, 0) as Tensor2D);
}

/** The standard deviation of a variance, and what (message - mean) is multiplied by for its slope: 0, or 1 / deviation. */
function deviationOf(
  variance: Tensor2D,
  { deviation, floor }: StatisticsOptions,
): { deviation: Tensor2D; inverse: Tensor2D } {
  if (deviation === 'softened') {
    const raised: Tensor2D = add(variance, floor);
    const inverse: Tensor2D = rsqrt(raised);
    return { deviation: mul(raised, inverse), inverse };
  }
  const live = cast(greater(variance, floor), 'float32');
  const inverse: Tensor2D = mul(rsqrt(maximum(variance, floor)), live);
  return { deviation: mul(variance, inverse), inverse };
}

function statisticsOf(
  base: Tensor2D,
  x: Tensor2D,
  bonds: Tensor2D,
  { low, others, neighbour, bond, atoms: parted }: BondSlots,
): { parts: Statistics[]; kept: Tensor[] } {
  const [atoms, features] = x.shape;
  const messages: Tensor2D = add(gather(x, neighbour), gather(bonds, bond));
  const places = blocks(messages, [low, low, neighbour.shape[0] - 2 * low]);
  const bases = parted.map((atoms) => gather(base, atoms));
  const parts: Statistics[] = [];
  const kept: Tensor[] = [];
  if (low > 0) {
    const [first, second] = places;
    const middle: Tensor2D = mul(add(first, second), 0.5);
    const half: Tensor2D = sub(first, middle);
    const reach = abs(half);
    const mean: Tensor2D = add(middle, bases[0]);
    parts.push({ mean, least: sub(mean, reach), largest: add(mean, reach), variance: square(half) });
    kept.push(half);
  }
  if (others) {
    const { share } = others;
    const slots: Tensor3D = reshape(places[places.length - 1], [atoms - low, share.shape[2], features]);
    const middle = matMul(share, slots);
    const centred: Tensor3D = sub(slots, middle);
    const [least, largest] = [min(slots, 1, true), max(slots, 1, true)];
    const flat = (value: Tensor): Tensor2D => reshape(value, [atoms - low, features]);
    const shifted = (value: Tensor): Tensor2D => add(flat(value), bases[bases.length - 1]);
    parts.push({
      mean: shifted(middle),
      least: shifted(least),
      largest: shifted(largest),
      variance: flat(matMul(share, square(centred))),
    });
    kept.push(slots, centred, least, largest);
  }
  return { parts, kept };
}

/** @param dall - [4 N, F]: of mean, least, largest and deviation, each in the order of the places */
function gradients(dall: Tensor2D, inverse: Tensor2D, kept: Tensor[], graph: BondSlots): Tensor[] {
  const { low, others, toOrder } = graph;
  const [atoms, features] = inverse.shape;
  const sizes = [low, atoms - low];
  const count = sizes.filter((size) => size > 0).length;
  const given = blocks(dall, [...sizes, ...sizes, ...sizes, ...sizes]);
  const inverses = blocks(inverse, sizes);
  const dbase: Tensor2D[] = [];
  const dplaces: Tensor2D[] = [];
  for (let part = 0; part < count; part++) {
    const [dmean, dleast, dlargest, ddeviation] = [0, 1, 2, 3].map((s) => given[s * count + part]);
    dbase.push(addN([dmean, dleast, dlargest]));
    const live: Tensor2D = mul(ddeviation, inverses[part]);
    if (others && part === count - 1) {
      const keptOfOthers = kept.slice(-4) as KeptOfOthers;
      dplaces.push(gradientOfOthers({ dmean, dleast, dlargest, live }, keptOfOthers, others));
    } else {
      // First and second are mean + half and mean - half; least and largest mean - |half| and mean + |half|.
      const half = kept[0] as Tensor2D;
      const dhalf = mul(add(mul(sub(dlargest, dleast), sign(half)), mul(live, half)), 0.5);
      const dmiddle = mul(dbase[0], 0.5);
      dplaces.push(add(dmiddle, dhalf), sub(dmiddle, dhalf));
    }
  }
  const dmessages = joined(dplaces);
  return [
    placed(dbase, features, toOrder),
    sumPlaces(dmessages, graph.toAtoms),
    matMul(graph.bondOf, dmessages, true, false),
  ];
}

/** @returns [M D, F] */
function gradientOfOthers(
  { dmean, dleast, dlargest, live }: Readonly<Record<'dmean' | 'dleast' | 'dlargest' | 'live', Tensor2D>>,
  [messages, centred, least, largest]: KeptOfOthers,
  { present, atomShare }: OtherAtoms,
): Tensor2D {
  const [atoms, slots, features] = messages.shape;
  const perAtom = (value: Tensor): Tensor3D => reshape(value, [atoms, 1, features]);
  /** Gradient of a least or largest value, shared among the messages that have it. */
  const shared = (value: Tensor3D, gradient: Tensor2D): Tensor => {
    const holders: Tensor3D = cast(equal(messages, value), 'float32');
    return mul(holders, div(perAtom(gradient), matMul(present, holders)));
  };
  const even = add(mul(centred, perAtom(mul(live, atomShare))), perAtom(mul(dmean, atomShare)));
  return reshape(addN([even, shared(least, dleast), shared(largest, dlargest)]), [atoms * slots, features]);
}
