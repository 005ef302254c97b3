import {
  getKernel,
  grad,
  matMul,
  split,
  sum,
  type Tensor,
  tensor,
  tensor1d,
  tidy,
} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../src/backend/node.ts';
import { expectClose, numbers } from '../support/gradients.ts';

describe('kernels put in the place of stock ones', () => {
  beforeAll(() => startBackend('wasm'));

  function product(a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): Float64Array {
    const [x, y] = [a, b].map((t) => t.dataSync());
    const [m, k] = transposeA ? a.shape.slice(-2).reverse() : a.shape.slice(-2);
    const n = b.shape.at(transposeB ? -2 : -1)!;
    const batch = a.size / (m * k);
    const c = new Float64Array(batch * m * n);
    for (let s = 0; s < batch; s++)
      for (let i = 0; i < m; i++)
        for (let j = 0; j < n; j++)
          for (let q = 0; q < k; q++)
            c[(s * m + i) * n + j] +=
              x[s * m * k + (transposeA ? q * m + i : i * k + q)] *
              y[s * k * n + (transposeB ? j * k + q : q * n + j)];
    return c;
  }

  it('matMul is the product for any transposes and batch', () => {
    const size = fc.integer({ min: 1, max: 12 });
    const batches = fc.constantFrom([], [1], [3], [2, 2]);
    fc.assert(
      fc.property(size, size, size, batches, fc.boolean(), fc.boolean(), (m, k, n, batch, tA, tB) => {
        tidy(() => {
          const make = (shape: number[], seed: number) => tensor(numbers(shape, seed).values, shape);
          const a = make([...batch, ...(tA ? [k, m] : [m, k])], 1);
          const b = make([...batch, ...(tB ? [n, k] : [k, n])], 2);
          const c = matMul(a, b, tA, tB);
          expect(c.shape).toEqual([...batch, m, n]);
          expectClose(c.dataSync(), product(a, b, tA, tB), 1e-5);
        });
      }),
      { numRuns: 60 },
    );
  });

  it('matMul broadcasts over a batch as the stock kernel does', () => {
    tidy(() => {
      const a = tensor(numbers([2, 3, 4], 1).values, [2, 3, 4]);
      const b = tensor(numbers([4, 5], 2).values, [4, 5]);
      const c = matMul(a, b.reshape([1, 4, 5]));
      expectClose(c.dataSync(), product(a.reshape([6, 4]), b, false, false), 1e-5);
    });
  });

  it('split cuts vectors, and leaves the rest to the stock kernel', () => {
    tidy(() => {
      const parts = split(tensor1d([1, 2, 3, 4, 5, 6]), [1, 3, 2]).map((part) => part.arraySync());
      expect(parts).toEqual([[1], [2, 3, 4], [5, 6]]);
      const halves = split(tensor([1, 2, 3, 4, 5, 6, 7, 8], [2, 4]), 2, 1).map((part) => part.arraySync());
      expect(halves).toEqual([
        [
          [1, 2],
          [5, 6],
        ],
        [
          [3, 4],
          [7, 8],
        ],
      ]);
    });
  });

  it('a tensor kept for a gradient shares its data and outlives the original', () => {
    const x = tensor1d([1, 2, 3]);
    const copy = x.clone();
    x.dispose();
    expect(copy.arraySync()).toEqual([1, 2, 3]);
    copy.dispose();
    expect(tidy(() => grad((t) => sum(t.clone().mul(t)))(tensor1d([1, 2])).arraySync())).toEqual([2, 4]);
  });

  it('are registered once, however often the backend is started', async () => {
    const before = getKernel('BatchMatMul', 'wasm');
    await startBackend('wasm');
    expect(getKernel('BatchMatMul', 'wasm')).toBe(before);
  });
});
