import { InputError } from '@litmatter/protocol';
import { maxAtomicNumber } from './elements.ts';
import type { Molecule, MoleculeSet } from './set.ts';

type Growable = Uint8Array | Uint16Array | Uint32Array | Float32Array;

/** A typed array that doubles when it is full: `n` is how much of it is used. */
function grown<T extends Growable>(array: T, needed: number): T {
  if (needed <= array.length) return array;
  const bigger = new (array.constructor as new (length: number) => T)(Math.max(2 * array.length, needed));
  bigger.set(array as never);
  return bigger;
}

/** What every molecule of a set under construction has. */
export interface SetShape {
  readonly geometry: boolean;
  readonly targets?: readonly { readonly name: string; readonly unit: string }[];
}

/**
 * Puts a set together molecule by molecule: `begin`, then `atom`s, `bond`s and `target`s, then at last `build`.
 * Refuses what no model could use (no atoms, unknown elements, positions or targets that are not finite numbers,
 * bonds to nowhere) with an InputError that starts with `where`, the reader's words for the place.
 */
export class SetBuilder {
  readonly #shape: Required<SetShape>;
  #size = 0;
  #atoms = 0;
  #bonds = 0;
  #atomOffsets: Uint32Array = new Uint32Array(64);
  #bondOffsets: Uint32Array = new Uint32Array(64);
  #sourceIndex: Uint32Array = new Uint32Array(64);
  #atomicNumbers: Uint8Array = new Uint8Array(1024);
  #positions: Float32Array = new Float32Array(3072);
  #bondAtoms: Uint16Array = new Uint16Array(2048);
  #bondOrders: Uint8Array = new Uint8Array(1024);
  readonly #values: Float32Array[];
  readonly #ids: string[] = [];

  constructor(shape: SetShape) {
    this.#shape = { targets: [], ...shape };
    this.#values = this.#shape.targets.map(() => new Float32Array(64));
  }

  /** Molecules so far. */
  get size(): number {
    return this.#size;
  }

  /** Start the next molecule. `index` is its place in the source, from 0. */
  begin(id: string, index: number): void {
    const m = this.#size++;
    this.#atomOffsets = grown(this.#atomOffsets, m + 2);
    this.#bondOffsets = grown(this.#bondOffsets, m + 2);
    this.#sourceIndex = grown(this.#sourceIndex, m + 1);
    for (let t = 0; t < this.#values.length; t++) {
      this.#values[t] = grown(this.#values[t], m + 1);
      this.#values[t][m] = Number.NaN;
    }
    this.#sourceIndex[m] = index;
    this.#ids.push(id);
    this.#atomOffsets[m + 1] = this.#atoms;
    this.#bondOffsets[m + 1] = this.#bonds;
  }

  /** Add an atom to the molecule begun; x, y, z in angstrom. */
  atom(atomicNumber: number, x: number, y: number, z: number): void {
    const a = this.#atoms++;
    this.#atomicNumbers = grown(this.#atomicNumbers, a + 1);
    this.#positions = grown(this.#positions, 3 * a + 3);
    this.#atomicNumbers[a] = atomicNumber;
    this.#positions[3 * a] = x;
    this.#positions[3 * a + 1] = y;
    this.#positions[3 * a + 2] = z;
    this.#atomOffsets[this.#size] = this.#atoms;
  }

  /** Add a bond between atoms a and b of the molecule begun (from 0). */
  bond(a: number, b: number, order: number): void {
    const at = this.#bonds++;
    this.#bondAtoms = grown(this.#bondAtoms, 2 * at + 2);
    this.#bondOrders = grown(this.#bondOrders, at + 1);
    this.#bondAtoms[2 * at] = a;
    this.#bondAtoms[2 * at + 1] = b;
    this.#bondOrders[at] = order;
    this.#bondOffsets[this.#size] = this.#bonds;
  }

  /** Set the molecule's t-th target (in the shape's order). */
  target(t: number, value: number): void {
    this.#values[t][this.#size - 1] = value;
  }

  /** Check the molecule begun. @throws InputError */
  end(where: string): void {
    const wrong = this.#wrong();
    if (wrong) throw new InputError(`${where}: ${wrong}. Correct the molecule, or remove it.`);
  }

  /** What is wrong with the molecule begun, in words; undefined where nothing is. */
  #wrong(): string | undefined {
    const m = this.#size - 1;
    const [first, last] = [this.#atomOffsets[m], this.#atomOffsets[m + 1]];
    const count = last - first;
    if (count === 0) return 'it has no atoms';
    if (count > 65_535) return `it has ${count} atoms, and at most 65,535 can be held`;
    for (let a = first; a < last; a++) {
      const z = this.#atomicNumbers[a];
      if (!(z >= 1 && z <= maxAtomicNumber)) {
        return `atom ${a - first + 1} has the atomic number ${z}, which no element has`;
      }
    }
    if (this.#shape.geometry) {
      for (let k = 3 * first; k < 3 * last; k++) {
        // Float32 already: a coordinate too large for it is infinite here.
        if (!Number.isFinite(this.#positions[k])) {
          const atom = Math.floor(k / 3) - first + 1;
          return `the position of atom ${atom} is not a finite number`;
        }
      }
    }
    for (let t = 0; t < this.#values.length; t++) {
      if (Number.isFinite(this.#values[t][m])) continue;
      return `the target "${this.#shape.targets[t].name}" is missing or not a finite number`;
    }
    return this.#wrongBond(m, count);
  }

  #wrongBond(m: number, count: number): string | undefined {
    const seen = new Set<number>();
    for (let b = this.#bondOffsets[m]; b < this.#bondOffsets[m + 1]; b++) {
      const i = this.#bondAtoms[2 * b];
      const j = this.#bondAtoms[2 * b + 1];
      const order = this.#bondOrders[b];
      const bond = `bond ${b - this.#bondOffsets[m] + 1}`;
      if (i >= count || j >= count) {
        return `${bond} names an atom that is not there (there are ${count})`;
      }
      if (i === j) return `${bond} joins atom ${i + 1} to itself`;
      if (!(order >= 1 && order <= 4)) {
        return `${bond} has the order ${order}, and 1, 2, 3 and 4 (aromatic) are what there is`;
      }
      const pair = Math.min(i, j) * 65_536 + Math.max(i, j);
      if (seen.has(pair)) return `${bond} joins atoms ${i + 1} and ${j + 1} a second time`;
      seen.add(pair);
    }
    return undefined;
  }

  /** The finished set. */
  build(): MoleculeSet {
    const size = this.#size;
    const encoder = new TextEncoder();
    const encoded = this.#ids.map((id) => encoder.encode(id));
    const idOffsets = new Uint32Array(size + 1);
    for (let m = 0; m < size; m++) idOffsets[m + 1] = idOffsets[m] + encoded[m].length;
    const idBytes = new Uint8Array(idOffsets[size]);
    for (let m = 0; m < size; m++) idBytes.set(encoded[m], idOffsets[m]);
    return {
      size,
      atomOffsets: this.#atomOffsets.slice(0, size + 1),
      atomicNumbers: this.#atomicNumbers.slice(0, this.#atoms),
      positions: this.#shape.geometry ? this.#positions.slice(0, 3 * this.#atoms) : null,
      bondOffsets: this.#bondOffsets.slice(0, size + 1),
      bonds: this.#bondAtoms.slice(0, 2 * this.#bonds),
      bondOrders: this.#bondOrders.slice(0, this.#bonds),
      idOffsets,
      idBytes,
      sourceIndex: this.#sourceIndex.slice(0, size),
      targets: Object.fromEntries(
        this.#shape.targets.map(({ name, unit }, t) => [
          name,
          { unit, values: this.#values[t].slice(0, size) },
        ]),
      ),
      atomColumns: {},
    };
  }
}

/**
 * A set from molecules written out by hand. All have positions or none has; all have the same targets.
 *
 * @param units - by target name; "" where not given
 * @throws InputError naming the molecule and what is wrong with it
 */
export function moleculeSet(
  molecules: readonly Molecule[],
  units: Readonly<Record<string, string>> = {},
): MoleculeSet {
  const geometry = molecules.length > 0 && molecules[0].positions !== undefined;
  const names = Object.keys(molecules[0]?.targets ?? {});
  const builder = new SetBuilder({
    geometry,
    targets: names.map((name) => ({ name, unit: units[name] ?? '' })),
  });
  for (const [m, molecule] of molecules.entries()) {
    const id = molecule.id ?? String(m);
    const where = `Molecule ${m + 1} ("${id}")`;
    if ((molecule.positions !== undefined) !== geometry) {
      throw new InputError(`${where} ${geometry ? 'has no' : 'has'} positions, unlike the first molecule.`);
    }
    const count = molecule.atomicNumbers.length;
    if (molecule.positions && molecule.positions.length !== count) {
      throw new InputError(`${where} has ${count} atoms but ${molecule.positions.length} positions.`);
    }
    const others = Object.keys(molecule.targets ?? {});
    const odd = others.find((name) => !names.includes(name));
    if (odd !== undefined) {
      throw new InputError(`${where} has the target "${odd}", which the first molecule has not.`);
    }
    builder.begin(id, m);
    for (let a = 0; a < count; a++) {
      const [x, y, z] = molecule.positions?.[a] ?? [0, 0, 0];
      const number = molecule.atomicNumbers[a];
      // A byte would wrap 257 to 1; 0 is refused by `end`.
      builder.atom(Number.isInteger(number) && number > 0 && number < 256 ? number : 0, x, y, z);
    }
    for (const [a, b, order] of molecule.bonds ?? []) {
      const known = (i: number) => Number.isInteger(i) && i >= 0 && i < count;
      if (!known(a) || !known(b)) {
        throw new InputError(`${where}: the bond ${a}-${b} names an atom that is not there. Correct it.`);
      }
      builder.bond(a, b, Number.isInteger(order) && order > 0 && order < 256 ? order : 0);
    }
    for (const [t, name] of names.entries()) builder.target(t, molecule.targets?.[name] ?? Number.NaN);
    builder.end(where);
  }
  return builder.build();
}
