import type { Batch } from '@litmatter/molecules';
import type { RowTable } from './rows.ts';

/** Row tables of a batch, on the host: see `RowTable`. */

/**
 * An embedding: row r of the result is row index[r] of a table of `sources` rows. Index 0 is padding: it gives a row of
 * zeros and takes no gradient.
 */
export function embeddingTable(index: Int32Array, sources: number): RowTable {
  const weight = Float32Array.from(index, (z) => (z === 0 ? 0 : 1));
  return { sources, rows: index.length, terms: 1, index, weight };
}

/** Row r of the result is row index[r] of a table of `sources` rows: an embedding without padding. */
export function lookupTable(index: Int32Array, sources: number): RowTable {
  return { sources, rows: index.length, terms: 1, index, weight: new Float32Array(index.length).fill(1) };
}

/** The sum or mean over the atoms of each molecule: N atoms to M molecules. */
export function moleculeTable(batch: Batch, readout: 'add' | 'mean'): RowTable {
  const { atoms, molecules, moleculeSize, moleculeSlots } = batch;
  const index = new Int32Array(moleculeSlots.length);
  const weight = new Float32Array(moleculeSlots.length);
  for (let m = 0; m < molecules; m++) {
    const slots = moleculeSlots.subarray(m * moleculeSize, (m + 1) * moleculeSize);
    const count = slots.reduce((n, atom) => n + Number(atom < atoms), 0);
    slots.forEach((atom, k) => {
      if (atom === atoms) return;
      index[m * moleculeSize + k] = atom;
      weight[m * moleculeSize + k] = readout === 'mean' ? 1 / count : 1;
    });
  }
  return { sources: atoms, rows: molecules, terms: moleculeSize, index, weight };
}

/**
 * Cubic interpolation (Lagrange, on the four nearest points) of a function known at `points` evenly spaced places from
 * 0 to `end`: its values to values at the given positions.
 */
export function interpolationTable(positions: Float32Array, end: number, points: number): RowTable {
  const step = end / (points - 1);
  const index = new Int32Array(4 * positions.length);
  const weight = new Float32Array(4 * positions.length);
  positions.forEach((position, r) => {
    const first = Math.min(points - 4, Math.max(0, Math.floor(position / step) - 1));
    const t = position / step - first;
    const [t1, t2, t3] = [t - 1, t - 2, t - 3];
    weight.set([(-t1 * t2 * t3) / 6, (t * t2 * t3) / 2, (-t * t1 * t3) / 2, (t * t1 * t2) / 6], 4 * r);
    for (let k = 0; k < 4; k++) index[4 * r + k] = first + k;
  });
  return { sources: points, rows: positions.length, terms: 4, index, weight };
}
