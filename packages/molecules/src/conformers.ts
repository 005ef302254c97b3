import type { Molecule as ToolkitMolecule } from 'openchemlib';
import type { Molecule } from './set.ts';

/** A molecule in space, hydrogens and all; or why there is none: the end of a sentence. */
export type Conformer = Required<Pick<Molecule, 'atomicNumbers' | 'positions' | 'bonds'>> | string;

type Toolkit = typeof import('openchemlib');

/** Steps of the force field at most: it has mostly converged by then. */
const relaxation = { maxIts: 400 };

/** Always the same conformer of the same SMILES. */
const seed = 42;

/**
 * Get the maker of conformers (OpenChemLib with its tables of torsions, fetched when first needed: a megabyte and a half).
 * It puts hydrogens on a SMILES' atoms, turns its bonds as they mostly are in crystals, and relaxes what comes out (bent by hundredths of an angstrom) with
 * the force field MMFF94s+ where that knows all its atoms. Ten to a hundred milliseconds a molecule; some take
 * seconds, the first ones among them.
 */
export async function loadConformerMaker(): Promise<(smiles: string) => Conformer> {
  const toolkit = await import('openchemlib');
  if (typeof process === 'undefined') await toolkit.Resources.registerFromUrl();
  else toolkit.Resources.registerFromNodejs();
  return (smiles) => {
    try {
      return conformerOf(toolkit, smiles);
    } catch (error) {
      return `makes OpenChemLib stop (${error instanceof Error ? error.message.slice(0, 120) : 'no reason given'})`;
    }
  };
}

function conformerOf({ ConformerGenerator, ForceFieldMMFF94, Molecule }: Toolkit, smiles: string): Conformer {
  const flat = Molecule.fromSmiles(smiles, { noCoordinates: true });
  flat.addImplicitHydrogens();
  const made = new ConformerGenerator(seed).getOneConformerAsMolecule(flat);
  if (!made) return 'has no conformer that OpenChemLib finds';
  const before = positionsOf(made);
  // Its gradient is not defined for bonds in a perfectly straight line, as cyanides are made: bend them a little.
  for (let a = 0; a < before.length; a++) {
    const [x = 0, y = 0, z = 0] = before[a];
    made.setAtomX(a, x + 0.02 * Math.sin(12.9 * a));
    made.setAtomY(a, y + 0.02 * Math.sin(78.2 * a + 1));
    made.setAtomZ(a, z + 0.02 * Math.sin(37.7 * a + 2));
  }
  const relaxed = relax(ForceFieldMMFF94, made) ? positionsOf(made) : before;
  const positions = relaxed.flat().every(Number.isFinite) ? relaxed : before;
  if (!positions.flat().every(Number.isFinite)) return 'has no conformer that OpenChemLib finds';
  return {
    atomicNumbers: atoms(made, (a) => made.getAtomicNo(a)),
    positions,
    bonds: Array.from({ length: made.getAllBonds() }, (_, b) => [
      made.getBondAtom(0, b),
      made.getBondAtom(1, b),
      Math.min(3, Math.max(1, made.getBondOrder(b))),
    ]),
  };
}

/** False where the force field does not know one of the atoms, or finds no minimum. */
function relax(ForceField: Toolkit['ForceFieldMMFF94'], molecule: ToolkitMolecule): boolean {
  try {
    return new ForceField(molecule, 'MMFF94s+').minimise(relaxation) === 0;
  } catch {
    return false;
  }
}

function positionsOf(molecule: ToolkitMolecule): number[][] {
  return atoms(molecule, (a) => [molecule.getAtomX(a), molecule.getAtomY(a), molecule.getAtomZ(a)]);
}

function atoms<T>(molecule: ToolkitMolecule, of: (a: number) => T): T[] {
  return Array.from({ length: molecule.getAllAtoms() }, (_, a) => of(a));
}
