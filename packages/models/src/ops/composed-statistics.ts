import {
  abs,
  add,
  addN,
  cast,
  div,
  equal,
  gather,
  greater,
  matMul,
  max,
  maximum,
  min,
  mul,
  reshape,
  rsqrt,
  sign,
  split,
  square,
  sub,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import type { BondSlots, OtherAtoms } from './neighbour-slots.ts';
import type { StatisticsOptions } from './neighbour-statistics.ts';
import { differentiable } from './op.ts';
import { joined, placed, sumPlaces } from './placement.ts';

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
