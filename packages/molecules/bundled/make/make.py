#!/usr/bin/env python3
"""Make the bundled data set: enumerate, relax, drop what rearranged, pack. See ../README.md.

    apt-get install xtb python3-rdkit
    python3 make.py [--heavy-atoms 6] [--processes 2] [--out ../molecules.litmol]

The same versions of RDKit and xtb write the same file, byte for byte, however many processes share the work.
"""

import argparse
import collections
import multiprocessing
import pathlib
import subprocess

import rdkit

from grow import enumerate_molecules
from pack import TARGETS, packed
from relax import SEED, free_atoms, relax


def xtb_version():
    text = subprocess.run(["xtb", "--version"], capture_output=True, text=True, check=True).stdout
    return next(line.split()[3] for line in text.splitlines() if "xtb version" in line)


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--heavy-atoms", type=int, default=6)
    arguments.add_argument("--processes", type=int, default=2)
    arguments.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).parent.parent / "molecules.litmol")
    options = arguments.parse_args()

    candidates = enumerate_molecules(options.heavy_atoms)
    atoms = free_atoms()
    kept, dropped = [], collections.Counter()
    with multiprocessing.Pool(options.processes) as pool:
        for done, result in enumerate(pool.imap(relax, candidates, chunksize=8), 1):
            if isinstance(result, str):
                dropped[result] += 1
            else:
                result["atomisation"] = result["energy"] - sum(atoms[number] for number in result["numbers"])
                kept.append(result)
            if done % 200 == 0:
                print(f"{done} of {len(candidates)} relaxed", flush=True)

    data = packed(kept, {"xtb": xtb_version(), "rdkit": rdkit.__version__, "seed": SEED})
    options.out.write_bytes(data)
    print(f"{len(candidates)} candidates, {len(kept)} kept, dropped: {dict(dropped)}")
    print(f"{options.out.name}: {len(data)} bytes; atoms {sum(len(m['numbers']) for m in kept)}")
    for name, _, unit in TARGETS:
        values = sorted(m[name] for m in kept)
        mean = sum(values) / len(values)
        spread = (sum((v - mean) ** 2 for v in values) / (len(values) - 1)) ** 0.5
        print(f"{name} [{unit}]: {values[0]:.4f} .. {values[-1]:.4f}, mean {mean:.4f}, std {spread:.4f}")


if __name__ == "__main__":
    main()
