import { InputError } from '@litmatter/protocol';

/** One number a molecule: [M] values in one unit, all finite. */
export interface TargetColumn {
  readonly unit: string;
  readonly values: Float32Array;
}

/**
 * M molecules with N atoms and B bonds in columns: plain typed arrays, so that a set is cheap to slice, to post to a
 * worker, to write to disk and to share between threads. Build one with `moleculeSet` or a reader.
 */
export interface MoleculeSet {
  /** M */
  readonly size: number;
  /** [M + 1] where each molecule's atoms begin; the last is N. */
  readonly atomOffsets: Uint32Array;
  /** [N] 1 .. 118 */
  readonly atomicNumbers: Uint8Array;
  /** [N, 3] angstrom; null where the source has no geometry. */
  readonly positions: Float32Array | null;
  /** [M + 1] where each molecule's bonds begin; the last is B. */
  readonly bondOffsets: Uint32Array;
  /** [B, 2] atom indices within the molecule, from 0. */
  readonly bonds: Uint16Array;
  /** [B] 1 single, 2 double, 3 triple, 4 aromatic. */
  readonly bondOrders: Uint8Array;
  /** [M + 1] and the UTF-8 bytes they cut: each molecule's name. Read one with `moleculeId`. */
  readonly idOffsets: Uint32Array;
  readonly idBytes: Uint8Array;
  /** [M] each molecule's place in its source, from 0 (PyG's `idx`). */
  readonly sourceIndex: Uint32Array;
  /** [M] the part of the set's own split that each molecule is in: 1 train, 2 validation, 3 test, 0 none. */
  readonly parts?: Uint8Array;
  /** By name, [M] each. */
  readonly targets: Readonly<Record<string, TargetColumn>>;
  /** Further numbers of each atom by name, [N] each: partial charges, atom-type ids. */
  readonly atomColumns: Readonly<Record<string, Float32Array>>;
}

/** The atom column that holds ids of ZINC's atom types: what a batch's `atomTypes` are. */
export const atomTypeColumn = 'type';

/** One molecule as a person writes it. */
export interface Molecule {
  readonly id?: string;
  readonly atomicNumbers: readonly number[];
  /** [n][3] angstrom */
  readonly positions?: readonly (readonly number[])[];
  /** [b][3]: atom, atom (from 0), order 1 .. 4 */
  readonly bonds?: readonly (readonly number[])[];
  /** By target name. */
  readonly targets?: Readonly<Record<string, number>>;
}

const decoder = new TextDecoder();

/** The name of molecule m, as its source gives it. */
export function moleculeId(set: MoleculeSet, m: number): string {
  // A copy: TextDecoder refuses views of shared memory in browsers.
  return decoder.decode(set.idBytes.slice(set.idOffsets[m], set.idOffsets[m + 1]));
}

/** Molecule m written out, for a viewer or a message. Targets and all. */
export function moleculeAt(set: MoleculeSet, m: number): Molecule & { readonly id: string } {
  if (!(m >= 0 && m < set.size)) throw new RangeError(`molecule ${m} of a set of ${set.size}`);
  const [first, last] = [set.atomOffsets[m], set.atomOffsets[m + 1]];
  const { positions } = set;
  const atoms = Array.from({ length: last - first }, (_, i) => first + i);
  return {
    id: moleculeId(set, m),
    atomicNumbers: atoms.map((a) => set.atomicNumbers[a]),
    ...(positions && { positions: atoms.map((a) => [...positions.subarray(3 * a, 3 * a + 3)]) }),
    bonds: Array.from({ length: set.bondOffsets[m + 1] - set.bondOffsets[m] }, (_, i) => {
      const b = set.bondOffsets[m] + i;
      return [set.bonds[2 * b], set.bonds[2 * b + 1], set.bondOrders[b]];
    }),
    targets: Object.fromEntries(Object.entries(set.targets).map(([name, t]) => [name, t.values[m]])),
  };
}

/** The named target of a set. @throws InputError naming those there are. */
export function targetOf(set: MoleculeSet, name: string): TargetColumn {
  const target = Object.hasOwn(set.targets, name) ? set.targets[name] : undefined;
  if (target) return target;
  const names = Object.keys(set.targets);
  throw new InputError(
    `There is no target "${name}" in this data set; it has ${names.length > 0 ? names.join(', ') : 'none'}.`,
  );
}

/** Rows offsets[m] .. offsets[m + 1] of the chosen molecules, `width` elements a row, one after the other. */
function gatherRows<T extends Uint8Array | Uint16Array | Float32Array>(
  column: T,
  offsets: Uint32Array,
  chosen: ArrayLike<number>,
  width: number,
  make: (length: number) => T,
): T {
  let rows = 0;
  for (let k = 0; k < chosen.length; k++) rows += offsets[chosen[k] + 1] - offsets[chosen[k]];
  const out = make(rows * width);
  let at = 0;
  for (let k = 0; k < chosen.length; k++) {
    const part = column.subarray(offsets[chosen[k]] * width, offsets[chosen[k] + 1] * width);
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function gatherOffsets(offsets: Uint32Array, chosen: ArrayLike<number>): Uint32Array {
  const out = new Uint32Array(chosen.length + 1);
  for (let k = 0; k < chosen.length; k++) {
    out[k + 1] = out[k] + offsets[chosen[k] + 1] - offsets[chosen[k]];
  }
  return out;
}

/** The chosen molecules, in the given order, as a set of their own (copies). */
export function selectMolecules(set: MoleculeSet, chosen: ArrayLike<number>): MoleculeSet {
  for (let k = 0; k < chosen.length; k++) {
    if (!(chosen[k] >= 0 && chosen[k] < set.size)) {
      throw new RangeError(`molecule ${chosen[k]} of a set of ${set.size}`);
    }
  }
  const bytes = (length: number) => new Uint8Array(length);
  const floats = (length: number) => new Float32Array(length);
  const { atomOffsets, bondOffsets, idOffsets } = set;
  const perAtom = (column: Float32Array, width: number) =>
    gatherRows(column, atomOffsets, chosen, width, floats);
  return {
    size: chosen.length,
    atomOffsets: gatherOffsets(atomOffsets, chosen),
    atomicNumbers: gatherRows(set.atomicNumbers, atomOffsets, chosen, 1, bytes),
    positions: set.positions && perAtom(set.positions, 3),
    bondOffsets: gatherOffsets(bondOffsets, chosen),
    bonds: gatherRows(set.bonds, bondOffsets, chosen, 2, (length) => new Uint16Array(length)),
    bondOrders: gatherRows(set.bondOrders, bondOffsets, chosen, 1, bytes),
    idOffsets: gatherOffsets(idOffsets, chosen),
    idBytes: gatherRows(set.idBytes, idOffsets, chosen, 1, bytes),
    sourceIndex: Uint32Array.from(chosen, (m) => set.sourceIndex[m]),
    ...(set.parts && { parts: Uint8Array.from(chosen, (m) => set.parts?.[m] ?? 0) }),
    targets: Object.fromEntries(
      Object.entries(set.targets).map(([name, { unit, values }]) => [
        name,
        { unit, values: Float32Array.from(chosen, (m) => values[m]) },
      ]),
    ),
    atomColumns: Object.fromEntries(
      Object.entries(set.atomColumns).map(([name, column]) => [name, perAtom(column, 1)]),
    ),
  };
}

/** The first `limit` molecules of a set; the set itself where it has no more. */
export function limitMolecules(set: MoleculeSet, limit: number | undefined): MoleculeSet {
  if (limit === undefined || limit >= set.size) return set;
  return selectMolecules(
    set,
    Uint32Array.from({ length: limit }, (_, m) => m),
  );
}
