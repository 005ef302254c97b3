import {
  gather,
  matMul,
  type Tensor,
  type Tensor2D,
  tensor,
  tensor1d,
  tensor2d,
  tidy,
} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../src/backend/node.ts';
import { isAvailable } from '../support/backends.ts';
import { expectClose, expectGradients, numbers } from '../support/gradients.ts';

const works = it.skipIf(!isAvailable('tensorflow'));

/** The product by three loops, in float64. */
function product(a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): Float64Array {
  const [x, y] = [a.dataSync(), b.dataSync()];
  const [m, k] = transposeA ? [a.shape[1]!, a.shape[0]] : [a.shape[0], a.shape[1]!];
  const n = b.shape[transposeB ? 0 : 1]!;
  const c = new Float64Array(m * n);
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++)
      for (let q = 0; q < k; q++)
        c[i * n + j] += x[transposeA ? q * m + i : i * k + q] * y[transposeB ? j * k + q : q * n + j];
  return c;
}

function expectProduct(m: number, k: number, n: number, tA: boolean, tB: boolean, tolerance: number): void {
  tidy(() => {
    const make = (shape: [number, number], seed: number) => tensor2d(numbers(shape, seed).values, shape);
    const a = make(tA ? [k, m] : [m, k], 1);
    const b = make(tB ? [n, k] : [k, n], 2);
    const c = matMul(a, b, tA, tB);
    expect(c.shape).toEqual([m, n]);
    expectClose(c.dataSync(), product(a, b, tA, tB), tolerance);
  });
}

describe('kernels put in the place of stock ones on TensorFlow', () => {
  beforeAll(async () => {
    if (isAvailable('tensorflow')) await startBackend('tensorflow');
  });

  works('matMul is the product for any transposes', () => {
    const size = fc.integer({ min: 1, max: 20 });
    fc.assert(
      fc.property(size, size, size, fc.boolean(), fc.boolean(), (m, k, n, tA, tB) =>
        expectProduct(m, k, n, tA, tB, 1e-5),
      ),
      { numRuns: 60 },
    );
  });

  works.each([1023, 1024, 1025])('matMul is the product over sums of %i, whichever kernel makes it', (k) => {
    for (const tA of [false, true]) for (const tB of [false, true]) expectProduct(3, k, 5, tA, tB, 1e-4);
  });

  works('matMul of batches goes to the stock kernel', () => {
    const a = tensor(numbers([2, 3, 4], 1).values, [2, 3, 4]);
    const b = tensor(numbers([4, 5], 2).values, [4, 5]);
    const wanted = product(a.reshape([6, 4]), b, false, false);
    expectClose(matMul(a, b.reshape([1, 4, 5])).dataSync(), wanted, 1e-5);
  });

  works.each([
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ])('matMul has slopes for gradients, transposed %s and %s', (tA, tB) => {
    const inputs = [numbers(tA ? [4, 3] : [3, 4], 3), numbers(tB ? [2, 4] : [4, 2], 4)];
    expectGradients((a, b) => matMul(a as Tensor2D, b as Tensor2D, tA, tB), inputs);
  });

  works('gather gives rows by an index of any shape', () => {
    const x = numbers([5, 3], 5).values;
    const index = [4, 0, 0, 2, 1, 3];
    const rows = gather(tensor2d(x, [5, 3]), tensor(index, [2, 3], 'int32') as Tensor2D);
    expect(rows.shape).toEqual([2, 3, 3]);
    expectClose(
      rows.dataSync(),
      index.flatMap((row) => Array.from(x.subarray(3 * row, 3 * row + 3))),
      0,
    );
  });

  works('gather along another axis, and of whole numbers, goes to the stock kernel', () => {
    expect(gather(tensor2d([1, 2, 3, 4], [2, 2]), [1, 0], 1).arraySync()).toEqual([
      [2, 1],
      [4, 3],
    ]);
    expect(gather(tensor1d([7, 8, 9], 'int32'), [2, 0]).arraySync()).toEqual([9, 7]);
  });

  works('gather beyond the last row is an error', () => {
    expect(() => gather(tensor2d([1, 2], [2, 1]), tensor1d([2], 'int32')).dataSync()).toThrow(/indices/);
  });

  works('gather has slopes for gradients', () => {
    const index = tensor1d([2, 0, 2], 'int32');
    expectGradients((x) => gather(x as Tensor2D, index), [numbers([3, 2], 6)]);
  });
});
