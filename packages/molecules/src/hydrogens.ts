import { InputError } from '@litmatter/protocol';
import { SetBuilder } from './builder.ts';
import { elementSymbols } from './elements.ts';
import { atomTypeColumn, type MoleculeSet, moleculeId } from './set.ts';
import { impliedCharge, zincAtomType, zincAtomTypeName } from './vocabulary.ts';

/** Atoms of one molecule: which are kept, and what folding their hydrogens into them makes of each. */
interface Folded {
  /** Local numbers of the atoms that are no hydrogens. */
  readonly heavy: readonly number[];
  readonly types: readonly number[];
}

/** Molecule m without its hydrogens; or what stands against it, as the end of a sentence. */
function fold(set: MoleculeSet, m: number): Folded | string {
  const first = set.atomOffsets[m];
  const count = set.atomOffsets[m + 1] - first;
  const isHydrogen = (a: number) => set.atomicNumbers[first + a] === 1;
  const orders = new Float64Array(count);
  const hydrogens = new Uint16Array(count);
  const bonded = new Uint16Array(count);
  for (let b = set.bondOffsets[m]; b < set.bondOffsets[m + 1]; b++) {
    const order = set.bondOrders[b];
    if (order > 3) return 'has aromatic bonds, and they must be written as single and double ones';
    for (const [i, j] of [
      [set.bonds[2 * b], set.bonds[2 * b + 1]],
      [set.bonds[2 * b + 1], set.bonds[2 * b]],
    ]) {
      bonded[i]++;
      if (isHydrogen(j)) hydrogens[i]++;
      else orders[i] += order;
    }
  }
  const heavy: number[] = [];
  const types: number[] = [];
  for (let a = 0; a < count; a++) {
    if (isHydrogen(a)) {
      if (bonded[a] !== 1 || hydrogens[a] > 0)
        return `has a hydrogen (atom ${a + 1}) that is on no heavy atom`;
      continue;
    }
    const symbol = elementSymbols[set.atomicNumbers[first + a]];
    const charge = impliedCharge(symbol, orders[a] + hydrogens[a]);
    const atom = { symbol, charge, bonds: orders[a], hydrogens: hydrogens[a], stereo: false };
    const type = zincAtomType(zincAtomTypeName(atom));
    if (type < 0) {
      return `has an atom of the type "${zincAtomTypeName(atom)}" (atom ${a + 1}), which is none of ZINC's 28`;
    }
    heavy.push(a);
    types.push(type);
  }
  return { heavy, types };
}

/**
 * A set whose hydrogens stand as atoms, as ZINC has its molecules: hydrogens folded in, an id of ZINC's vocabulary for
 * each other atom, with the charge its bonds imply. Stereo centres, which have types of their own there, are not
 * looked for. All else stays.
 *
 * @throws InputError naming the first molecule that cannot be written so, and how many cannot
 */
export function foldHydrogens(set: MoleculeSet): MoleculeSet {
  const targets = Object.entries(set.targets).map(([name, { unit, values }]) => ({ name, unit, values }));
  const builder = new SetBuilder({ geometry: set.positions !== null, targets });
  const types: number[] = [];
  const odd: string[] = [];
  for (let m = 0; m < set.size; m++) {
    const folded = fold(set, m);
    if (typeof folded === 'string') {
      odd.push(`the molecule "${moleculeId(set, m)}" ${folded}`);
      continue;
    }
    const first = set.atomOffsets[m];
    builder.begin(moleculeId(set, m), set.sourceIndex[m]);
    const place = new Map<number, number>();
    for (const a of folded.heavy) {
      place.set(a, place.size);
      const [x, y, z] = set.positions?.subarray(3 * (first + a), 3 * (first + a) + 3) ?? [0, 0, 0];
      builder.atom(set.atomicNumbers[first + a], x, y, z);
    }
    for (const type of folded.types) types.push(type);
    for (let b = set.bondOffsets[m]; b < set.bondOffsets[m + 1]; b++) {
      const [i, j] = [place.get(set.bonds[2 * b]), place.get(set.bonds[2 * b + 1])];
      if (i !== undefined && j !== undefined) builder.bond(i, j, set.bondOrders[b]);
    }
    for (const [t, { values }] of targets.entries()) builder.target(t, values[m]);
    builder.end(`Molecule ${m + 1} ("${moleculeId(set, m)}")`);
  }
  if (odd.length > 0) {
    const others = odd.length === 1 ? '' : ` So it is with ${odd.length} of ${set.size} molecules.`;
    throw new InputError(
      `The model knows atoms by ZINC's types, and ${odd[0]}.${others} Leave such molecules out, or choose a model ` +
        'that knows atoms by their elements.',
    );
  }
  return {
    ...builder.build(),
    ...(set.parts && { parts: set.parts }),
    atomColumns: { [atomTypeColumn]: Float32Array.from(types) },
  };
}
