import { type Batch, buildGraphs, collate, type GraphSpec, moleculeSet } from '@litmatter/molecules';

export interface Atoms {
  readonly atomicNumbers: readonly number[];
  readonly positions: readonly (readonly [number, number, number])[];
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

export function batchOf(molecules: readonly Atoms[], graph: GraphSpec): Batch {
  const set = moleculeSet(molecules);
  return collate(
    set,
    buildGraphs(set, graph),
    molecules.map((_, m) => m),
  );
}
