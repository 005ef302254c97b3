import {
  backend,
  concat,
  memory,
  reshape,
  type Tensor,
  type Tensor2D,
  tensor1d,
  tensor2d,
  tidy,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../src/backend/node.ts';
import { NativeOps, type NodeBackend } from '../../src/tensorflow/native.ts';
import { isAvailable } from '../support/backends.ts';
import { expectClose, numbers } from '../support/gradients.ts';

const works = it.skipIf(!isAvailable('tensorflow'));

describe("TensorFlow's own ops", () => {
  let ops: NativeOps;
  beforeAll(async () => {
    if (!isAvailable('tensorflow')) return;
    await startBackend('tensorflow');
    ops = new NativeOps(backend() as unknown as NodeBackend);
  });

  const matrix = (rows: number, columns: number, seed: number): Tensor2D =>
    tensor2d(numbers([rows, columns], seed).values, [rows, columns]);

  /** An op's numbers, and that nothing but its inputs was left on the backend. */
  function numbersOf(run: () => Tensor): number[] {
    const before = memory().numTensors;
    const values = Array.from(tidy(run).dataSync());
    // The result itself is kept by tidy.
    expect(memory().numTensors).toBe(before + 1);
    return values;
  }

  works('a product takes either factor transposed', () => {
    const plain = { a: tensor2d([1, 2, 3, 4, 5, 6], [2, 3]), b: tensor2d([1, 2, 0, 1, -1, 1], [3, 2]) };
    const turned = { a: tensor2d([1, 4, 2, 5, 3, 6], [3, 2]), b: tensor2d([1, 0, -1, 2, 1, 1], [2, 3]) };
    const wanted = [-2, 7, -2, 19];
    expect(numbersOf(() => ops.matMul(plain.a, plain.b))).toEqual(wanted);
    expect(numbersOf(() => ops.matMul(turned.a, plain.b, true))).toEqual(wanted);
    expect(numbersOf(() => ops.matMul(plain.a, turned.b, false, true))).toEqual(wanted);
    expect(numbersOf(() => ops.matMul(turned.a, turned.b, true, true))).toEqual(wanted);
  });

  works('a bias goes to every row, and the sums over rows are its gradient', () => {
    const x = matrix(3, 2, 1);
    const values = x.dataSync();
    expectClose(
      numbersOf(() => ops.biasAdd(x, tensor1d([10, 20]))),
      Array.from(values, (v, i) => v + [10, 20][i % 2]),
      1e-6,
    );
    const sums = [0, 1].map((c) => values[c] + values[2 + c] + values[4 + c]);
    expectClose(
      numbersOf(() => ops.columnSums(x)),
      sums,
      1e-6,
    );
  });

  works('rows are gathered by an index of any shape', () => {
    const x = tensor2d([1, 2, 3, 4, 5, 6], [3, 2]);
    const index = tensor2d([2, 0], [2, 1], 'int32');
    expect(ops.gather(x, index).shape).toEqual([2, 1, 2]);
    expect(numbersOf(() => ops.gather(x, index))).toEqual([5, 6, 1, 2]);
  });

  works('rows of several parts are stitched together', () => {
    const parts = [tensor2d([1, 2, 3, 4], [2, 2]), tensor2d([5, 6], [1, 2])];
    const indices = [tensor1d([2, 0], 'int32'), tensor1d([1], 'int32')];
    expect(numbersOf(() => ops.stitchRows(indices, parts))).toEqual([3, 4, 5, 6, 1, 2]);
  });

  works('the gradient of batch normalisation moves with its moments', () => {
    const [x, dy] = [matrix(3, 2, 1), matrix(3, 2, 2)];
    const [scale, mean, variance] = [tensor1d([2, -1]), tensor1d([0.5, 0.1]), tensor1d([0.4, 0.3])];
    const [xs, dys] = [x.dataSync(), dy.dataSync()];
    const column = (c: number) => [0, 1, 2].map((row) => 2 * row + c);
    const normal = xs.map((v, k) => (v - [0.5, 0.1][k % 2]) / Math.sqrt([0.4, 0.3][k % 2]));
    const dshift = [0, 1].map((c) => column(c).reduce((sum, k) => sum + dys[k], 0));
    const dscale = [0, 1].map((c) => column(c).reduce((sum, k) => sum + dys[k] * normal[k], 0));
    const dx = Array.from(dys, (d, k) => {
      const factor = [2, -1][k % 2] / Math.sqrt([0.4, 0.3][k % 2]);
      return factor * (d - dshift[k % 2] / 3 - (normal[k] * dscale[k % 2]) / 3);
    });
    expectClose(
      numbersOf(() => {
        const gradients = ops.batchNormGradient(dy, x, scale, mean, variance);
        return concat(gradients.map((gradient) => reshape(gradient, [gradient.size])));
      }),
      [...dx, ...dscale, ...dshift],
      1e-5,
    );
  });

  works('an op that cannot run says why', () => {
    expect(() => ops.matMul(matrix(2, 3, 1), matrix(2, 3, 2))).toThrow(/MatMul|size|incompatible/i);
  });
});
