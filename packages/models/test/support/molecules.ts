import { type Batch, buildGraphs, collate, type GraphSpec, moleculeSet } from '@litmatter/molecules';

export interface Atoms {
  readonly atomicNumbers: readonly number[];
  readonly positions: readonly (readonly [number, number, number])[];
  /** [b][3]: atom, atom, order */
  readonly bonds?: readonly (readonly [number, number, number])[];
}

const elements = [1, 6, 7, 8, 9];

/** A repeatable cloud of n atoms about 1.4 angstrom apart. */
export function cloud(n: number, seed: number): Atoms {
  const random = (k: number) => {
    const x = Math.sin(k * 127.1 + seed * 311.7) * 43758.5453;
    return x - Math.floor(x);
  };
  return {
    atomicNumbers: Array.from({ length: n }, (_, i) => elements[Math.floor(random(i) * elements.length)]),
    positions: Array.from({ length: n }, (_, i) => [
      1.4 * (i % 3) + 0.3 * random(10 * i + 1),
      1.4 * (Math.floor(i / 3) % 3) + 0.3 * random(10 * i + 2),
      1.4 * Math.floor(i / 9) + 0.3 * random(10 * i + 3),
    ]),
  };
}

/** A cloud whose atoms are a chain of bonds of orders 1, 2, 3, 1 ..., closed to a ring where it is long enough. */
export function chain(n: number, seed: number): Atoms {
  const bonds = Array.from({ length: n - 1 }, (_, i) => [i, i + 1, 1 + (i % 3)] as const);
  return { ...cloud(n, seed), bonds: n > 4 ? [...bonds, [0, n - 1, 1]] : bonds };
}

/** The same molecule with its atoms in another order. */
export function reordered({ atomicNumbers, positions, bonds = [] }: Atoms, order: readonly number[]): Atoms {
  return {
    atomicNumbers: order.map((a) => atomicNumbers[a]),
    positions: order.map((a) => positions[a]),
    bonds: bonds.map(([i, j, bond]) => [order.indexOf(i), order.indexOf(j), bond]),
  };
}

/** The same molecule turned about two axes and moved. */
export function moved(molecule: Atoms, yaw: number, pitch: number, shift: number): Atoms {
  const [cy, sy, cp, sp] = [Math.cos(yaw), Math.sin(yaw), Math.cos(pitch), Math.sin(pitch)];
  const positions = molecule.positions.map(([x, y, z]) => {
    const [u, v] = [cy * x - sy * y, sy * x + cy * y];
    return [u + shift, cp * v - sp * z - shift, sp * v + cp * z] as const;
  });
  return { ...molecule, positions };
}

export function batchOf(molecules: readonly Atoms[], graph: GraphSpec): Batch {
  const set = moleculeSet(molecules);
  return collate(
    set,
    buildGraphs(set, graph),
    molecules.map((_, m) => m),
  );
}
