"""Write the set as columns of whole numbers, byte plane by byte plane, under gzip.

The file, unpacked: a little-endian uint32, the length of a JSON header in UTF-8; the header; then every column of the
header in turn. A column of `bytes` b and `length` n is n little-endian two's-complement integers of b bytes, stored as
b planes of n bytes, lowest first (high bytes compress to almost nothing); a value is integer x `scale`.
"""

import gzip
import json
import struct

FORMAT = "litmatter molecules 1"


def column(name, values, scale=1, unit=None):
    integers = [round(value / scale) for value in values]
    size = next(b for b in (1, 2, 3, 4) if all(-(1 << 8 * b - 1) <= i < 1 << 8 * b - 1 for i in integers))
    mask = (1 << 8 * size) - 1
    planes = b"".join(bytes((i & mask) >> 8 * plane & 255 for i in integers) for plane in range(size))
    head = {"name": name, "bytes": size, "length": len(integers), "scale": scale}
    return {**head, "unit": unit} if unit is not None else head, planes


def flat(rows):
    return [value for row in rows for value in row]


def packed(molecules, about):
    """The bytes of the file."""
    atoms = flat(m["positions"] for m in molecules)
    bonds = flat(m["bonds"] for m in molecules)
    names = "\n".join(m["smiles"] for m in molecules).encode()
    columns = [
        column("id", [byte for byte in names]),
        column("atoms", [len(m["numbers"]) for m in molecules]),
        column("number", flat(m["numbers"] for m in molecules)),
        column("x", [p[0] for p in atoms], 0.001),
        column("y", [p[1] for p in atoms], 0.001),
        column("z", [p[2] for p in atoms], 0.001),
        column("charge", flat(m["charges"] for m in molecules), 0.001, "e"),
        column("bonds", [len(m["bonds"]) for m in molecules]),
        column("from", [b[0] for b in bonds]),
        column("to", [b[1] for b in bonds]),
        column("order", [b[2] for b in bonds]),
    ]
    for name, scale, unit in TARGETS:
        columns.append(column("target:" + name, [m[name] for m in molecules], scale, unit))
    header = {"format": FORMAT, "molecules": len(molecules), **about, "columns": [head for head, _ in columns]}
    text = json.dumps(header, separators=(",", ":")).encode()
    body = struct.pack("<I", len(text)) + text + b"".join(planes for _, planes in columns)
    return gzip.compress(body, 9, mtime=0)


TARGETS = [
    ("dipole", 0.0001, "D"),
    ("polarisability", 0.0001, "a0^3"),
    ("homo", 0.0001, "eV"),
    ("lumo", 0.0001, "eV"),
    ("gap", 0.0001, "eV"),
    ("energy", 0.0001, "eV"),
    ("atomisation", 0.0001, "eV"),
]
