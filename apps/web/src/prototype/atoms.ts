import { type Batch, type MoleculeSet, moleculeAt } from '@litmatter/molecules';
import type { Preview } from './messages.ts';

/** A molecule as it is drawn. */
export function shapeOf(set: MoleculeSet, m: number): Omit<Preview, 'type'> {
  const { id, atomicNumbers, positions, bonds } = moleculeAt(set, m);
  return {
    id,
    atomicNumbers: [...atomicNumbers],
    positions: (positions as [number, number, number][] | undefined) ?? null,
    bonds: (bonds as [number, number, number][] | undefined) ?? [],
  };
}

/**
 * The same batch with every atom a molecule of its own, its neighbours left as they are. A model that ends in a sum over
 * the atoms of each molecule says of it what each atom adds; of any other it says something else, so hold the sums to
 * the predictions before believing it (`contributionsOf`).
 */
export function atomByAtom(batch: Batch): Batch {
  const { atoms } = batch;
  const each = Int32Array.from({ length: atoms }, (_, i) => i);
  return {
    ...batch,
    molecules: atoms,
    moleculeSize: 1,
    moleculeOf: each,
    moleculeSlots: each,
    y: new Float32Array(atoms),
  };
}

/**
 * What each atom adds to the prediction of a molecule, in the target's unit; null where the model is no sum over atoms.
 *
 * @param predicted - of the molecule, in the target's unit
 * @param atomwise - [N] predictions for `atomByAtom`, in the target's unit: std y_i + mean each
 */
export function contributionsOf(
  predicted: number,
  atomwise: Float64Array,
  { mean, std }: { readonly mean: number; readonly std: number },
): number[] | null {
  const parts = Array.from(atomwise, (value) => value - mean);
  const sum = parts.reduce((total, part) => total + part, 0) + mean;
  const size = parts.reduce((total, part) => total + Math.abs(part), Math.abs(std));
  if (Math.abs(sum - predicted) > 1e-4 * size) return null;
  return parts.map((part) => part + mean / parts.length);
}
