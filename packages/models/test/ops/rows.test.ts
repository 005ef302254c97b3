import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../src/backend/node.ts';
import { withComposedOps } from '../../src/ops/op.ts';
import { combineRows, type RowTable, transposeTable, uploadRows } from '../../src/ops/rows.ts';
import { isAvailable, nodeBackends } from '../support/backends.ts';
import { expectClose, expectGradients, numbers, valueAndGradients } from '../support/gradients.ts';

const table = fc
  .record({
    sources: fc.integer({ min: 1, max: 12 }),
    rows: fc.integer({ min: 1, max: 90 }),
    terms: fc.integer({ min: 1, max: 4 }),
    seed: fc.integer({ min: 0, max: 1000 }),
  })
  .map(({ sources, rows, terms, seed }): RowTable => {
    const weight = numbers([rows, terms], seed).values.map((w) => (Math.abs(w) < 0.2 ? 0 : w));
    const index = Int32Array.from(weight, (w, i) => Math.floor(Math.abs(w * 7919 + i)) % sources);
    return { sources, rows, terms, index, weight };
  });

/** The map written out as a matrix [R, S]. */
function matrixOf({ sources, rows, terms, index, weight }: RowTable): Float64Array {
  const matrix = new Float64Array(rows * sources);
  index.forEach((source, i) => {
    matrix[Math.floor(i / terms) * sources + source] += weight[i];
  });
  return matrix;
}

const apply = (t: RowTable) => (x: Tensor) => combineRows(x as Tensor2D, uploadRows(t));

describe.each(nodeBackends)('rows combined from others on %s', (backend) => {
  const works = it.skipIf(!isAvailable(backend));
  beforeAll(async () => {
    if (isAvailable(backend)) await startBackend(backend);
  });

  works('are the product with the table as a matrix', () => {
    fc.assert(
      fc.property(table, (t) => {
        const x = numbers([t.sources, 3], 1);
        const matrix = matrixOf(t);
        const wanted = Array.from({ length: t.rows * 3 }, (_, i) =>
          Array.from({ length: t.sources }).reduce<number>(
            (sum, _, s) => sum + matrix[Math.floor(i / 3) * t.sources + s] * x.values[3 * s + (i % 3)],
            0,
          ),
        );
        expectClose(valueAndGradients(apply(t), [x]).value, wanted, 1e-5);
      }),
      { numRuns: 20 },
    );
  });

  works('have slopes for gradients', () => {
    const [t] = fc.sample(table, { numRuns: 1, seed: 5 });
    expectGradients(apply(t), [numbers([t.sources, 3], 2)]);
  });
});

describe('the transpose of a table', () => {
  it('is a chain no level of which sums more than 32 rows, and whose product is the transposed matrix', () => {
    fc.assert(
      fc.property(table, (t) => {
        const levels = transposeTable(t);
        for (const level of levels) expect(level.terms).toBeLessThanOrEqual(32);
        const product = levels.map(matrixOf).reduce((right, left, i) => {
          const [rows, inner] = [levels[i].rows, levels[i].sources];
          return Float64Array.from({ length: rows * t.rows }, (_, k) => {
            const [r, c] = [Math.floor(k / t.rows), k % t.rows];
            let sum = 0;
            for (let m = 0; m < inner; m++) sum += left[r * inner + m] * right[m * t.rows + c];
            return sum;
          });
        }, identity(t.rows));
        const matrix = matrixOf(t);
        const transposed = Array.from(
          product,
          (_, k) => matrix[(k % t.rows) * t.sources + Math.floor(k / t.rows)],
        );
        expectClose(product, transposed, 1e-12);
      }),
      { numRuns: 40 },
    );
  });

  it('takes three levels where one source is used by two thousand rows', () => {
    const rows = 2000;
    const one = {
      sources: 2,
      rows,
      terms: 1,
      index: new Int32Array(rows),
      weight: new Float32Array(rows).fill(1),
    };
    expect(transposeTable(one).map((level) => level.rows)).toEqual([64, 3, 2]);
  });
});

function identity(n: number): Float64Array {
  return Float64Array.from({ length: n * n }, (_, k) => Number(Math.floor(k / n) === k % n));
}

describe('our kernels of combined rows', () => {
  beforeAll(() => startBackend('wasm'));

  it('give what the composed form gives', () => {
    fc.assert(
      fc.property(table, fc.integer({ min: 1, max: 9 }), (t, width) => {
        const x = numbers([t.sources, width], 3);
        const own = valueAndGradients(apply(t), [x]);
        const composed = withComposedOps(() => valueAndGradients(apply(t), [x]));
        expectClose(own.value, composed.value, 1e-5);
        expectClose(own.gradients[0], composed.gradients[0], 1e-5);
      }),
      { numRuns: 25 },
    );
  });
});
