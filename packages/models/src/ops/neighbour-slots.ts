import type { Batch } from '@litmatter/molecules';
import { keep, type Tensor1D, type Tensor2D, type Tensor3D, tensor2d, tensor3d } from '@tensorflow/tfjs-core';
import { cut, ints, type Placement, type PlaceSums, uploadPlacement, uploadSums } from './placement.ts';

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
export interface OtherAtoms {
  /** [M, 1, D] 1 / neighbours, and 1: 0 for empty places. */
  readonly share: Tensor3D;
  readonly present: Tensor3D;
  /** [M, 1] 1 / neighbours */
  readonly atomShare: Tensor2D;
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
