/*
 * The vocabulary of atom types that PyTorch Geometric's ZINC has, whose ids are what PNA embeds. A type is an element, a
 * formal charge and those hydrogens that a canonical SMILES writes inside the atom's brackets; all others go unsaid. So
 * the carbon of a methyl group is "C", a stereo centre with a hydrogen ([C@@H]) is "C H1", a protonated amine "N H1 +".
 */

/** Names in the order of their ids. */
export const zincAtomTypes: readonly string[] = [
  'C',
  'O',
  'N',
  'F',
  'C H1',
  'S',
  'Cl',
  'O -',
  'N H1 +',
  'Br',
  'N H3 +',
  'N H2 +',
  'N +',
  'N -',
  'S -',
  'I',
  'P',
  'O H1 +',
  'N H1 -',
  'O +',
  'S +',
  'P H1',
  'P H2',
  'C H2 -',
  'P +',
  'S H1 +',
  'C H1 -',
  'P H1 +',
];

const ids = new Map(zincAtomTypes.map((name, id) => [name, id]));

/** The id of a type by its name; -1 where there is no such type. */
export function zincAtomType(name: string): number {
  return ids.get(name) ?? -1;
}

/** Symbol of a type's element. */
export function zincElement(id: number): string {
  return zincAtomTypes[id].split(' ')[0];
}

/** Valences an uncharged atom may have, by symbol; the first is the one that needs no brackets. */
const valences: Readonly<Record<string, readonly number[]>> = {
  C: [4],
  N: [3],
  O: [2],
  P: [3, 5],
  S: [2, 4, 6],
  F: [1],
  Cl: [1],
  Br: [1],
  I: [1, 3, 5],
};

/** The most bonds an uncharged atom has; more than any has for elements without a type. */
export function largestValence(symbol: string): number {
  return valences[symbol]?.at(-1) ?? 8;
}

/** The hydrogens that a SMILES leaves unsaid on an uncharged atom outside brackets: up to its next usual valence. */
export function impliedHydrogens(symbol: string, bonds: number): number {
  const valence = valences[symbol]?.find((usual) => usual >= bonds);
  return valence === undefined ? 0 : valence - bonds;
}

/** The charge an atom must have to have so many bonds, those to hydrogens counted; 0 where no charge explains them. */
export function impliedCharge(symbol: string, bonds: number): number {
  const usual = valences[symbol] ?? [];
  if (usual.includes(bonds)) return 0;
  if (usual.includes(bonds - 1)) return 1;
  return usual.includes(bonds + 1) ? -1 : 0;
}

/** An atom of a molecule written with single, double and triple bonds. */
export interface TypedAtom {
  readonly symbol: string;
  readonly charge: number;
  /** Sum of its bond orders, without those to hydrogens. */
  readonly bonds: number;
  readonly hydrogens: number;
  /** Whether it is marked as a stereo centre. */
  readonly stereo: boolean;
}

/**
 * The name of an atom's type: symbol, hydrogens, charge. Hydrogens count where a canonical SMILES has to write brackets:
 * round charged atoms, stereo centres, and other valences than the first usual one. (This rule gives every atom of
 * ZINC's molecules a type, and met in their order the types come in the order of their ids.)
 */
export function zincAtomTypeName({ symbol, charge, bonds, hydrogens, stereo }: TypedAtom): string {
  const brackets = charge !== 0 || stereo || bonds + hydrogens !== valences[symbol]?.[0];
  const parts = [symbol];
  if (brackets && hydrogens > 0) parts.push(`H${hydrogens}`);
  if (charge !== 0) parts.push(charge > 0 ? '+'.repeat(charge) : '-'.repeat(-charge));
  return parts.join(' ');
}
