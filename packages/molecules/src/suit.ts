import { InputError } from '@litmatter/protocol';
import type { GraphSpec } from './batch.ts';
import { foldHydrogens } from './hydrogens.ts';
import { atomTypeColumn, type MoleculeSet } from './set.ts';

/** Whether any two atoms of a set might have been bonded, and none are. */
function lacksBonds(set: MoleculeSet): boolean {
  return set.bondOrders.length === 0 && set.atomicNumbers.length > set.size;
}

/**
 * A set as a model with this graph spec takes it: checked for what the spec needs, and with its hydrogens folded into
 * atom types where those are asked for and the set has none. The set itself where nothing is to be done.
 *
 * @throws InputError saying what the molecules lack
 */
export function suitMolecules(set: MoleculeSet, spec: GraphSpec): MoleculeSet {
  if (spec.kind !== 'bonds' && !set.positions) {
    throw new InputError(
      'These molecules have no atom positions, and the model works with the distances between atoms. Give a file with ' +
        'geometry (.sdf, .xyz), or choose a model that needs bonds alone.',
    );
  }
  if (spec.kind !== 'radius' && lacksBonds(set)) {
    throw new InputError(
      'These molecules have no bonds, and the model works with them. Give a file with bonds (.sdf), or choose a model ' +
        'that needs positions alone.',
    );
  }
  const untyped = spec.kind === 'bonds' && spec.atomTypes && !Object.hasOwn(set.atomColumns, atomTypeColumn);
  return untyped ? foldHydrogens(set) : set;
}
