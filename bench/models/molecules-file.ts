import { atomTypeColumn, type MoleculeSet, moleculeSet } from '@litmatter/molecules';
import { z } from 'zod';

/** Molecules as both sides read them, from one file. */
export const moleculesFile = z.object({
  molecules: z.array(
    z.object({
      z: z.array(z.number()),
      positions: z.array(z.array(z.number())).optional(),
      /** Atom, atom, order; each bond once. */
      bonds: z.array(z.array(z.number())),
      /** Ids of ZINC's atom types. */
      types: z.array(z.number()).optional(),
      y: z.number(),
    }),
  ),
});
export type MoleculesFile = z.infer<typeof moleculesFile>;

/** Such a file's molecules as a set with the one target "y". */
export function setOfFile({ molecules }: MoleculesFile): MoleculeSet {
  const set = moleculeSet(
    molecules.map(({ z: atomicNumbers, positions, bonds, y }) => ({
      atomicNumbers,
      bonds,
      targets: { y },
      ...(positions && { positions }),
    })),
  );
  const types = molecules.flatMap(({ types = [] }) => types);
  if (types.length !== set.atomicNumbers.length) return set;
  return { ...set, atomColumns: { [atomTypeColumn]: Float32Array.from(types) } };
}
