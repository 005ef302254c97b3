import { InputError } from '@litmatter/protocol';
import type { GraphSpec } from './batch.ts';
import { elementSymbols } from './elements.ts';
import { foldHydrogens } from './hydrogens.ts';
import { atomTypeColumn, type MoleculeSet, moleculeId } from './set.ts';

/** What the molecules of a data set have beside their atoms. */
export interface MoleculeContents {
  readonly positions: boolean;
  readonly bonds: boolean;
}

/** Lone atoms lack no bonds. */
export function contentsOf(set: MoleculeSet): MoleculeContents {
  const bonds = set.bondOrders.length > 0 || set.atomicNumbers.length <= set.size;
  return { positions: set.positions !== null, bonds };
}

/** What molecules lack for a model. */
export interface Lack {
  /** In a word. */
  readonly needed: string;
  /** The end of a sentence that begins with the molecules. */
  readonly what: string;
  /** A sentence. */
  readonly mend: string;
}

/** What molecules lack for a model with this graph spec; undefined where they have it. */
export function unsuited({ positions, bonds }: MoleculeContents, spec: GraphSpec): Lack | undefined {
  if (spec.kind !== 'bonds' && !positions) {
    return {
      needed: 'atom positions',
      what: 'have no atom positions, and the model works with the distances between atoms',
      mend: 'Give a file with geometry (.sdf, .xyz), or choose a model that needs bonds alone.',
    };
  }
  if (spec.kind !== 'radius' && !bonds) {
    return {
      needed: 'bonds',
      what: 'have no bonds, and the model works with them',
      mend: 'Give a file with bonds (.sdf), or choose a model that needs positions alone.',
    };
  }
  return undefined;
}

/**
 * A set as a model with this graph spec takes it: checked for what the spec needs, and with its hydrogens folded into
 * atom types where those are asked for and the set has none. The set itself where nothing is to be done.
 *
 * @throws InputError saying what the molecules lack
 */
export function suitMolecules(set: MoleculeSet, spec: GraphSpec): MoleculeSet {
  const lack = unsuited(contentsOf(set), spec);
  if (lack) throw new InputError(`These molecules ${lack.what}. ${lack.mend}`);
  const untyped = spec.kind === 'bonds' && spec.atomTypes && !Object.hasOwn(set.atomColumns, atomTypeColumn);
  return untyped ? foldHydrogens(set) : set;
}

/**
 * Check that a model knows the elements of the molecules it is to work on, before it begins to.
 *
 * @param known - atomic numbers
 * @param title - what the model is called
 * @param indices - which molecules of the set
 * @throws InputError naming the first molecule with another element
 */
export function checkElements(
  set: MoleculeSet,
  known: readonly number[],
  title: string,
  indices: Iterable<number>,
): void {
  const knows = new Set(known);
  for (const m of indices) {
    for (let a = set.atomOffsets[m]; a < set.atomOffsets[m + 1]; a++) {
      const z = set.atomicNumbers[a];
      if (knows.has(z)) continue;
      const list =
        known.length > 12
          ? `up to ${elementSymbols[Math.max(...known)]}`
          : known.map((k) => elementSymbols[k]).join(', ');
      throw new InputError(
        `${title} knows the elements ${list}; the molecule "${moleculeId(set, m)}" has ${elementSymbols[z]} (atom ` +
          `${a - set.atomOffsets[m] + 1}). Choose another model, or leave out the molecules with other elements.`,
      );
    }
  }
}
