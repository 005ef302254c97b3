"""One molecule's geometry and properties: RDKit's ETKDG and MMFF94 for a start, then xtb's GFN2."""

import json
import math
import os
import re
import subprocess
import tempfile

from rdkit import Chem
from rdkit.Chem import AllChem

SEED = 42
CONFORMERS = 4
HARTREE_TO_EV = 27.211386246
AU_TO_DEBYE = 2.541746473
BOHR_TO_ANGSTROM = 0.529177210903
# Covalent radii in angstrom (Cordero et al., Dalton Trans. 2008, 2832).
RADIUS = {1: 0.31, 6: 0.76, 7: 0.71, 8: 0.66, 9: 0.57}
# A bond may be this much longer than its radii; anything else must stay this much further apart.
LONGEST_BOND = 1.30
NEAREST_OTHER = 1.20


class Dropped(Exception):
    """Why a molecule did not make it into the set."""


def xtb(block, *arguments):
    """Run xtb in a folder of its own; returns (its printed output, its JSON, its final geometry or None)."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "in.xyz"), "w") as file:
            file.write(block)
        done = subprocess.run(
            ["xtb", "in.xyz", "--gfn", "2", "--json", *arguments],
            cwd=folder, env=environment, capture_output=True, text=True, timeout=300,
        )
        optimised = os.path.join(folder, "xtbopt.xyz")
        if done.returncode != 0 or os.path.exists(os.path.join(folder, ".sccnotconverged")):
            raise Dropped("xtb did not converge")
        with open(os.path.join(folder, "xtbout.json")) as file:
            values = json.load(file)
        geometry = None
        if os.path.exists(optimised):
            with open(optimised) as file:
                geometry = [[float(x) for x in line.split()[1:4]] for line in file.readlines()[2:]]
        return done.stdout, values, geometry


def embedded(smiles):
    """The molecule with hydrogens and its best MMFF94 conformer, kekulised."""
    mol = Chem.AddHs(Chem.MolFromSmiles(smiles))
    conformers = AllChem.EmbedMultipleConfs(mol, CONFORMERS, randomSeed=SEED)
    if len(conformers) == 0:
        raise Dropped("no conformer could be embedded")
    energies = AllChem.MMFFOptimizeMoleculeConfs(mol, maxIters=2000)
    best = min(range(len(energies)), key=lambda k: energies[k][1])
    Chem.Kekulize(mol, clearAromaticFlags=True)
    return mol, best


def bonds_of(mol):
    return [(b.GetBeginAtomIdx(), b.GetEndAtomIdx(), int(b.GetBondTypeAsDouble())) for b in mol.GetBonds()]


def check_bonds(numbers, positions, bonds):
    """Refuse a geometry whose atoms are not joined as the graph says."""
    joined = {frozenset(bond[:2]) for bond in bonds}
    for i in range(len(numbers)):
        for j in range(i):
            reach = math.dist(positions[i], positions[j]) / (RADIUS[numbers[i]] + RADIUS[numbers[j]])
            bonded = frozenset((i, j)) in joined
            if bonded and reach > LONGEST_BOND:
                raise Dropped("a bond broke")
            if not bonded and reach < NEAREST_OTHER:
                raise Dropped("a bond formed")


def centred(positions):
    middle = [sum(p[k] for p in positions) / len(positions) for k in range(3)]
    return [[p[k] - middle[k] for k in range(3)] for p in positions]


def dipole_of(positions, charges, atomic_dipoles):
    """|sum of q r + mu| in debye. xtb 6.5.1's own JSON "dipole" takes r from the geometry before optimisation."""
    total = [
        sum(q * p[k] / BOHR_TO_ANGSTROM + mu[k] for p, q, mu in zip(positions, charges, atomic_dipoles))
        for k in range(3)
    ]
    return math.hypot(*total) * AU_TO_DEBYE


def relax(smiles):
    """Everything the set keeps of one molecule, or the reason it was dropped (a string)."""
    try:
        mol, conformer = embedded(smiles)
        numbers = [atom.GetAtomicNum() for atom in mol.GetAtoms()]
        bonds = bonds_of(mol)
        out, values, positions = xtb(Chem.MolToXYZBlock(mol, confId=conformer), "--opt", "tight")
        if "GEOMETRY OPTIMIZATION CONVERGED" not in out or positions is None:
            raise Dropped("the geometry did not converge")
        check_bonds(numbers, positions, bonds)
    except Dropped as reason:
        return str(reason)
    except subprocess.TimeoutExpired:
        return "xtb took too long"
    occupation = values["fractional occupation"]
    homo = max(k for k, filled in enumerate(occupation) if filled > 1)
    orbitals = values["orbital energies/eV"]
    heavy = Chem.RemoveHs(mol)
    Chem.Kekulize(heavy, clearAromaticFlags=True)
    return {
        "smiles": Chem.MolToSmiles(heavy, kekuleSmiles=True),
        "numbers": numbers,
        "positions": centred(positions),
        "bonds": bonds,
        "charges": values["partial charges"],
        "dipole": dipole_of(positions, values["partial charges"], values["atomic dipole moments"]),
        "polarisability": float(re.search(r"Mol\. α\(0\) /au\s*:\s*(\S+)", out).group(1)),
        "homo": orbitals[homo],
        "lumo": orbitals[homo + 1],
        "gap": values["HOMO-LUMO gap/eV"],
        "energy": values["total energy"] * HARTREE_TO_EV,
    }


def free_atoms():
    """GFN2 energies of the free atoms in their ground states, in eV by atomic number."""
    unpaired = {1: ("H", 1), 6: ("C", 2), 7: ("N", 3), 8: ("O", 2), 9: ("F", 1)}
    return {
        number: xtb(f"1\n\n{symbol} 0 0 0\n", "--uhf", str(open_shells))[1]["total energy"] * HARTREE_TO_EV
        for number, (symbol, open_shells) in unpaired.items()
    }
