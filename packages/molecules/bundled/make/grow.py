"""Enumerate small neutral closed-shell molecules of C, N, O and F, one SMILES a constitution.

Graphs grow atom by atom from methane, ammonia, water and hydrogen fluoride. At each size three moves are taken until
nothing new comes: hang a new atom on one that has a hydrogen, close a ring between two such atoms, raise the order of
a bond between two such atoms. Hydrogens fill the valences, so every molecule is neutral and closed-shell.
Duplicates fall to RDKit's canonical SMILES. `unfinished` prunes graphs no further move can mend; `unstable` drops
finished molecules nobody could put in a bottle.
"""

from rdkit import Chem, RDLogger

RDLogger.DisableLog("rdApp.*")

VALENCE = {6: 4, 7: 3, 8: 2, 9: 1}
NEXT_ORDER = {1.0: Chem.BondType.DOUBLE, 2.0: Chem.BondType.TRIPLE}


def patterns(*smarts):
    return [Chem.MolFromSmarts(s) for s in smarts]


# Bonds and rings only ever join or rise while a graph grows, so these never go away again. Matched against the
# kekulised molecule: RDKit calls some unsaturated three- and four-rings aromatic.
NEVER = patterns(
    "[F][!#6;!#1]",  # fluorine on nitrogen, oxygen or fluorine
    "[#8]~[#8]",  # peroxides
    "[#7,#8]~[#7,#8]~[#7,#8]",  # chains of three and more
    "[*]=[*]=[*]",  # cumulenes, ketenes, isocyanates
    "[*]#@[*]",  # a triple bond inside a ring
    "[r3]=@[r3]",  # a double bond inside a three-ring
    "[r4]=@[r4]",  # or a four-ring
)

# What falls apart, rearranges or is the minor tautomer.
UNSTABLE = patterns(
    "[N,O;!a]-[N,O;!a]",  # hydrazines, hydroxylamines, oximes
    "[N;!a]=[N,O]",  # azo, nitroso
    "[CX4]([OX2H])[N,O,F]",  # geminal diols, hemiacetals, hemiaminals
    "[CX4]([NX3;H1,H2])[N,O,F]",  # geminal amines
    "[OX2H][C;!a]=[C,N]",  # enols, imidic acids
    "[NX3;H1,H2][C;!a]=C",  # enamines
    "[OX2H,NX3;H1,H2]C#*",  # ynols, ynamines
    "[OX2H]C(=O)[N,O,F]",  # carbamic and carbonic acids
    "[O,N]C#[C,N]",
    "[OX2H,NX3;H1,H2][#6]1~[#6]~[#8]1",  # oxiranols, aminooxiranes
    "[CX3](=[O,N])[CX3](=[O,N])[CX3]=[O,N]",  # three carbonyls in a row
)


def finished(mol):
    """Canonical SMILES of a sanitised copy, or None where RDKit finds a valence broken."""
    copy = Chem.Mol(mol)
    try:
        Chem.SanitizeMol(copy)
    except Exception:
        return None
    return Chem.MolToSmiles(copy)


def kekulised(smiles):
    mol = Chem.MolFromSmiles(smiles)
    Chem.Kekulize(mol, clearAromaticFlags=True)
    return mol


def unfinished(smiles):
    mol = kekulised(smiles)
    return any(mol.HasSubstructMatch(p) for p in NEVER)


def flat(mol, index):
    return any(bond.GetBondTypeAsDouble() > 1 for bond in mol.GetAtomWithIdx(index).GetBonds())


def unstable(smiles):
    """Whether a finished molecule is one of those that nobody could keep."""
    mol = Chem.MolFromSmiles(smiles)
    if any(mol.HasSubstructMatch(p) for p in UNSTABLE):
        return True
    rings = mol.GetRingInfo().AtomRings()
    small = [set(r) for r in rings if len(r) <= 4]
    if len(small) > 2:
        return True
    # Small rings that share atoms hold no sp2 atom.
    for index, ring in enumerate(small):
        for other in small[index + 1 :]:
            if ring & other and any(flat(mol, a) for a in ring | other):
                return True
    # Bredt: no double bond at a bridgehead of a bicycle this small.
    for bond in mol.GetBonds():
        if bond.GetBondTypeAsDouble() == 2:
            for atom in (bond.GetBeginAtom(), bond.GetEndAtom()):
                if sum(atom.GetIdx() in r for r in rings) > 1:
                    return True
    return False


def moves(mol, grow):
    """Every graph one move away; `grow` chooses between hanging on an atom and adding a bond."""
    free = [a.GetIdx() for a in mol.GetAtoms() if a.GetTotalNumHs() > 0]
    if grow:
        for at in free:
            for number in VALENCE:
                new = Chem.RWMol(mol)
                new.AddBond(at, new.AddAtom(Chem.Atom(number)), Chem.BondType.SINGLE)
                yield new
        return
    for p, i in enumerate(free):
        for j in free[p + 1 :]:
            bond = mol.GetBondBetweenAtoms(i, j)
            new = Chem.RWMol(mol)
            if bond is None:
                new.AddBond(i, j, Chem.BondType.SINGLE)
            elif bond.GetBondTypeAsDouble() < 3:
                new.GetBondBetweenAtoms(i, j).SetBondType(NEXT_ORDER[bond.GetBondTypeAsDouble()])
            else:
                continue
            yield new


def spread(start):
    """`start` and all that ring closures and higher bond orders make of it."""
    known, todo = set(start), list(start)
    while todo:
        mol = kekulised(todo.pop())
        for new in moves(mol, grow=False):
            smiles = finished(new)
            if smiles is None or smiles in known or unfinished(smiles):
                continue
            known.add(smiles)
            todo.append(smiles)
    return known


def enumerate_molecules(heavy_atoms):
    """SMILES of all accepted molecules of 1 to `heavy_atoms` heavy atoms: by size, then alphabetically."""
    level = {"C", "N", "O", "F"}
    accepted = []
    for size in range(1, heavy_atoms + 1):
        if size > 1:
            hung = set()
            for smiles in level:
                for new in moves(kekulised(smiles), grow=True):
                    made = finished(new)
                    if made and made not in hung and not unfinished(made):
                        hung.add(made)
            level = spread(hung)
        kept = sorted(s for s in level if not unstable(s))
        print(f"{size} heavy atoms: {len(level)} graphs, {len(kept)} kept", flush=True)
        accepted += kept
    return accepted


if __name__ == "__main__":
    for line in enumerate_molecules(6):
        print(line)
