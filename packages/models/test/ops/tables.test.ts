import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RowTable } from '../../src/ops/rows.ts';
import { embeddingTable, interpolationTable, moleculeTable } from '../../src/ops/tables.ts';
import { batchOf, cloud } from '../support/molecules.ts';

/** Rows of a table applied to a column of numbers. */
function applied({ rows, terms, index, weight }: RowTable, column: (source: number) => number): number[] {
  return Array.from({ length: rows }, (_, r) => {
    let sum = 0;
    for (let k = 0; k < terms; k++) sum += weight[r * terms + k] * column(index[r * terms + k]);
    return sum;
  });
}

describe('row tables', () => {
  it('an embedding is the row of each index, and zero for the padding index', () => {
    expect(applied(embeddingTable(Int32Array.from([6, 1, 0, 8]), 10), (z) => 10 * z + 1)).toEqual([
      61, 11, 0, 81,
    ]);
  });

  it('sums and means of molecules count each atom once and no padding', () => {
    const batch = batchOf([cloud(3, 1), cloud(7, 2), cloud(1, 3)], { kind: 'complete' });
    expect(applied(moleculeTable(batch, 'add'), () => 1)).toEqual([3, 7, 1]);
    expect(applied(moleculeTable(batch, 'add'), (atom) => atom)).toEqual([0 + 1 + 2, 42, 10]);
    const means = applied(moleculeTable(batch, 'mean'), (atom) => atom);
    expect(means[0]).toBeCloseTo(1, 6);
    expect(means[1]).toBeCloseTo(6, 6);
  });

  it('interpolation is exact for cubics, up to both ends', () => {
    const place = fc.double({ min: 0, max: 4, noNaN: true });
    fc.assert(
      fc.property(fc.array(place, { minLength: 1, maxLength: 20 }), (positions) => {
        const at = Float32Array.from([0, ...positions, 4]);
        const cubic = (x: number) => 1 - 2 * x + 0.5 * x * x + 0.25 * x ** 3;
        const values = applied(interpolationTable(at, 4, 9), (point) => cubic(point / 2));
        at.forEach((x, r) => {
          expect(values[r]).toBeCloseTo(cubic(x), 4);
        });
      }),
    );
  });
});
