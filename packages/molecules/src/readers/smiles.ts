import { impliedHydrogens, largestValence, zincAtomType, zincAtomTypeName } from '../vocabulary.ts';
import { type SmilesAtom, smilesAtoms } from './smilesTokens.ts';

type Toolkit = typeof import('openchemlib');
type ToolkitMolecule = import('openchemlib').Molecule;

/** A molecule without its hydrogens, in the order of its SMILES. */
export interface SmilesGraph {
  readonly atomicNumbers: readonly number[];
  /** ZINC's type ids. */
  readonly types: readonly number[];
  /** [b][3]: atom, atom (from 0), order 1 .. 3; aromatic rings are written with single and double bonds. */
  readonly bonds: readonly (readonly [number, number, number])[];
}

/** The graph of a SMILES; or what is wrong with it, as the end of a sentence. */
export type SmilesParser = (smiles: string) => SmilesGraph | string;

/** A hydrogen written as an atom of its own. */
const hydrogen = /\[\d*H\]/g;
/** What the toolkit is given for it: it moves hydrogens behind the other atoms, and this it leaves where it is. */
const standIn = 'At';

function understood({ Molecule }: Toolkit, smiles: string): ToolkitMolecule | string {
  try {
    const heavy = smiles.replace(hydrogen, `[${standIn}]`);
    return Molecule.fromSmiles(heavy, { noCoordinates: true, noStereo: true });
  } catch (error) {
    const message = error instanceof Error ? error.message.replace(/^.*SmilesParser: ?/, '') : '';
    return `is no SMILES${message && ` (${message.slice(0, 120)})`}`;
  }
}

/** The atoms that are no hydrogens, by their place in the SMILES, and what they are bonded to. */
interface Skeleton {
  readonly heavy: readonly number[];
  /** Hydrogens written as atoms on each: they are folded in, as RDKit does it. */
  readonly folded: Uint8Array;
  /** Sum of each atom's bond orders, and whether one of them is double or triple. */
  readonly orders: Uint8Array;
  readonly multiple: readonly boolean[];
  readonly bonds: readonly (readonly [number, number, number])[];
}

function skeletonOf(molecule: ToolkitMolecule, written: readonly SmilesAtom[]): Skeleton | string {
  const place = new Int32Array(written.length).fill(-1);
  const heavy: number[] = [];
  for (const [a, { symbol }] of written.entries()) {
    if (symbol !== 'H') place[a] = heavy.push(a) - 1;
  }
  if (heavy.length === 0) return 'has no atoms but hydrogens';
  const folded = new Uint8Array(heavy.length);
  const orders = new Uint8Array(heavy.length);
  const multiple = heavy.map(() => false);
  const bonds: [number, number, number][] = [];
  let free = written.length - heavy.length;
  for (let b = 0; b < molecule.getAllBonds(); b++) {
    const i = place[molecule.getBondAtom(0, b)];
    const j = place[molecule.getBondAtom(1, b)];
    const order = molecule.getBondOrder(b);
    if (!(order >= 1 && order <= 3)) return 'has a bond that is neither single, double nor triple';
    if (i >= 0 && j >= 0) {
      bonds.push([i, j, order]);
      orders[i] += order;
      orders[j] += order;
      if (order > 1) multiple[i] = multiple[j] = true;
    } else {
      if (i < 0 && j < 0) return 'has a bond between two hydrogens';
      folded[Math.max(i, j)]++;
      free--;
    }
  }
  if (free !== 0) return 'has a hydrogen that is not bonded to exactly one other atom';
  return { heavy, folded, orders, multiple, bonds };
}

/** What is wrong with an uncharged atom of so many bonds (hydrogens counted), where no molecule has such an atom. */
function wrongValence(
  { symbol, aromatic }: SmilesAtom,
  bonds: number,
  multiple: boolean,
): string | undefined {
  if (bonds > largestValence(symbol)) return `has ${bonds} bonds`;
  // Where an aromatic ring cannot be written out, the toolkit leaves atoms with single bonds alone.
  const unfinished = aromatic && ((symbol === 'C' && !multiple) || (symbol === 'N' && bonds < 3));
  return unfinished ? 'is in a ring that cannot be written with single and double bonds' : undefined;
}

/** The toolkit's time grows with the square of a molecule's size: this much takes it about a second. */
const longest = 10_000;

function graphOf(toolkit: Toolkit, smiles: string): SmilesGraph | string {
  if (smiles.length > longest) return `is longer than ${longest} characters`;
  const written = smilesAtoms(smiles);
  if (typeof written === 'string') return written;
  const molecule = understood(toolkit, smiles);
  if (typeof molecule === 'string') return molecule;
  if (molecule.getAllAtoms() !== written.length) return 'is not read as it is written';
  const odd = written.findIndex(
    ({ symbol }, a) => molecule.getAtomLabel(a) !== (symbol === 'H' ? standIn : symbol),
  );
  if (odd >= 0) return `has "${written[odd].symbol}" for atom ${odd + 1}, which cannot be read`;
  const skeleton = skeletonOf(molecule, written);
  if (typeof skeleton === 'string') return skeleton;

  const { heavy, folded, orders, multiple, bonds } = skeleton;
  const types: number[] = [];
  for (const [k, a] of heavy.entries()) {
    const atom = written[a];
    const charge = molecule.getAtomCharge(a);
    // All hydrogens are said in brackets; and an aromatic nitrogen that has one says so.
    const said = atom.brackets || charge !== 0 || (atom.aromatic && atom.symbol === 'N');
    const open = said ? 0 : impliedHydrogens(atom.symbol, orders[k] + folded[k]);
    const hydrogens = atom.hydrogens + folded[k] + open;
    const wrong = charge === 0 && wrongValence(atom, orders[k] + hydrogens, multiple[k]);
    if (wrong) return `cannot be: atom ${a + 1} (${atom.symbol}) ${wrong}`;
    const name = zincAtomTypeName({ ...atom, charge, bonds: orders[k], hydrogens });
    const type = zincAtomType(name);
    if (type < 0) return `has an atom of the type "${name}" (atom ${a + 1}), which is none of ZINC's 28`;
    types.push(type);
  }
  return { atomicNumbers: heavy.map((a) => molecule.getAtomicNo(a)), types, bonds };
}

/** Get the toolkit (OpenChemLib, fetched when first needed: it is a third of a megabyte) and with it a parser. */
export async function loadSmilesParser(): Promise<SmilesParser> {
  const toolkit = await import('openchemlib');
  return (smiles) => graphOf(toolkit, smiles);
}
