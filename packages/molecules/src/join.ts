import { InputError } from '@litmatter/protocol';
import { atomTypeColumn, type MoleculeSet } from './set.ts';

/** Several typed arrays one after the other. */
function joined<T extends Uint8Array | Uint16Array | Uint32Array | Float32Array>(
  parts: readonly T[],
  make: (length: number) => T,
): T {
  const out = make(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Offsets of several sets as offsets of all. */
function joinedOffsets(parts: readonly Uint32Array[]): Uint32Array {
  const out = new Uint32Array(parts.reduce((sum, part) => sum + part.length - 1, 1));
  let at = 0;
  for (const part of parts) {
    const base = out[at];
    for (let m = 1; m < part.length; m++) out[++at] = base + part[m];
  }
  return out;
}

/** What all sets must share to be one; in words, for the message. */
function shapeOf({ positions, targets, atomColumns }: MoleculeSet): string {
  const units = Object.entries(targets)
    .map(([name, { unit }]) => (unit ? `${name} [${unit}]` : name))
    .sort();
  const columns = Object.keys(atomColumns);
  return [
    positions ? 'positions' : 'no positions',
    columns.includes(atomTypeColumn) ? 'atom types' : 'no atom types',
    `the targets ${units.join(', ') || '(none)'}`,
  ].join(', ');
}

/**
 * The molecules of several sets as one set (copies). Parts of a split are kept where any set has them; atom columns
 * where all have them.
 *
 * @param names - of the sets, for the message
 * @throws InputError where they do not have the same targets, or only some have positions or atom types
 */
export function joinMolecules(sets: readonly MoleculeSet[], names: readonly string[]): MoleculeSet {
  const [first] = sets;
  if (sets.length === 1) return first;
  const odd = sets.findIndex((set) => shapeOf(set) !== shapeOf(first));
  if (odd >= 0) {
    throw new InputError(
      `${names[odd]} and ${names[0]} cannot be one data set: the one has ${shapeOf(sets[odd])}; ` +
        `the other ${shapeOf(first)}. Make them alike, or import them under two names.`,
    );
  }
  const bytes = (length: number) => new Uint8Array(length);
  const floats = (length: number) => new Float32Array(length);
  const { positions, targets, atomColumns } = first;
  const partOf = (set: MoleculeSet) => set.parts ?? new Uint8Array(set.size);
  const columns = Object.keys(atomColumns).filter((name) => sets.every((set) => set.atomColumns[name]));
  return {
    size: sets.reduce((sum, set) => sum + set.size, 0),
    atomOffsets: joinedOffsets(sets.map((set) => set.atomOffsets)),
    atomicNumbers: joined(
      sets.map((set) => set.atomicNumbers),
      bytes,
    ),
    positions:
      positions &&
      joined(
        sets.flatMap((set) => set.positions ?? []),
        floats,
      ),
    bondOffsets: joinedOffsets(sets.map((set) => set.bondOffsets)),
    bonds: joined(
      sets.map((set) => set.bonds),
      (length) => new Uint16Array(length),
    ),
    bondOrders: joined(
      sets.map((set) => set.bondOrders),
      bytes,
    ),
    idOffsets: joinedOffsets(sets.map((set) => set.idOffsets)),
    idBytes: joined(
      sets.map((set) => set.idBytes),
      bytes,
    ),
    sourceIndex: joined(
      sets.map((set) => set.sourceIndex),
      (length) => new Uint32Array(length),
    ),
    ...(sets.some((set) => set.parts) && { parts: joined(sets.map(partOf), bytes) }),
    targets: Object.fromEntries(
      Object.entries(targets).map(([name, { unit }]) => [
        name,
        {
          unit,
          values: joined(
            sets.map((set) => set.targets[name].values),
            floats,
          ),
        },
      ]),
    ),
    atomColumns: Object.fromEntries(
      columns.map((name) => [
        name,
        joined(
          sets.map((set) => set.atomColumns[name]),
          floats,
        ),
      ]),
    ),
  };
}
