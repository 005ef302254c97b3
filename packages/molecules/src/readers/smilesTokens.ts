/** An atom as a SMILES writes it. */
export interface SmilesAtom {
  readonly symbol: string;
  /** Written in lower case. */
  readonly aromatic: boolean;
  /** Between brackets, where all its hydrogens are said. */
  readonly brackets: boolean;
  readonly hydrogens: number;
  /** Marked with @ or @@. */
  readonly stereo: boolean;
}

// An atom in brackets (isotope, symbol, stereo mark, hydrogens, charge, map number), one without, a bond, the number of
// a ring closure, a branch or a dot. D. Weininger, J. Chem. Inf. Comput. Sci. 28, 31 (1988), and the OpenSMILES text.
const pattern =
  /\[\d{0,3}([A-Z][a-z]?|[a-z]{1,2}|\*)(@{1,2}(?:[A-Z]{2}\d{1,2})?)?(H\d?)?(?:\++\d{0,2}|-+\d{0,2})?(?::\d+)?\]|(Br|Cl|[BCNOPSFIbcnops*])|([-=#$:/\\])|(?:\d|%\d\d)|([().])/y;

function atomOf(symbol: string, brackets: boolean, stereo: boolean, hydrogens: string): SmilesAtom {
  return {
    symbol: symbol.charAt(0).toUpperCase() + symbol.slice(1),
    aromatic: /^[a-z]/.test(symbol),
    brackets,
    hydrogens: hydrogens === '' ? 0 : Number(hydrogens.slice(1) || 1),
    stereo,
  };
}

/**
 * The atoms that a SMILES writes, in its order; or, as the end of a sentence, where its writing goes wrong. What its
 * bonds and rings mean is left to the toolkit, which reads some broken ones without complaint.
 */
export function smilesAtoms(smiles: string): SmilesAtom[] | string {
  const atoms: SmilesAtom[] = [];
  let depth = 0;
  let open = false;
  let at = 0;
  while (at < smiles.length) {
    pattern.lastIndex = at;
    const match = pattern.exec(smiles);
    if (!match) return `cannot be read from character ${at + 1} on ("${smiles.slice(at, at + 12)}")`;
    const [, inside, mark, hydrogens, plain, bond, punctuation] = match;
    if (inside !== undefined) atoms.push(atomOf(inside, true, mark !== undefined, hydrogens ?? ''));
    if (plain !== undefined) atoms.push(atomOf(plain, false, false, ''));
    if (punctuation === '(') depth++;
    if (punctuation === ')') depth--;
    if (depth < 0) return `closes a branch at character ${at + 1} that was never opened`;
    open = bond !== undefined || punctuation === '(';
    at = pattern.lastIndex;
  }
  if (depth > 0) return 'leaves a branch open: a ")" is missing';
  if (open) return 'ends in the middle of a bond';
  return atoms.length > 0 ? atoms : 'has no atoms';
}
