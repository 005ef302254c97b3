import { add, rsqrt, type Tensor, type Tensor1D, type Tensor2D, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, it } from 'vitest';
import { startBackend } from '../../src/backend/node.ts';
import { columnMoments, normaliseColumns } from '../../src/ops/normalise.ts';
import { withComposedOps } from '../../src/ops/op.ts';
import { isAvailable, nodeBackends } from '../support/backends.ts';
import {
  type Array32,
  expectClose,
  expectGradients,
  numbers,
  valueAndGradients,
} from '../support/gradients.ts';

const rows = 7;

/** Shifts so large that no value comes near the corner of relu: columns are let through and stopped in turn. */
function inputs(columns: number): [Array32, Array32, Array32] {
  const shift = Float32Array.from({ length: columns }, (_, j) => (j % 2 === 0 ? 4 : -4));
  return [numbers([rows, columns], 1), numbers([columns], 2), { shape: [columns], values: shift }];
}

/** By moments of its own, or by those of other rows. */
const op = (moving: boolean) => (x: Tensor, scale: Tensor, shift: Tensor) => {
  const columns = x.shape[1]!;
  const other = numbers([rows, columns], 4);
  const { mean, variance } = columnMoments(
    moving ? (x as Tensor2D) : tensor2d(other.values, [rows, columns]),
  );
  const inverse: Tensor1D = rsqrt(add(variance, 1e-5));
  return normaliseColumns(x as Tensor2D, scale as Tensor1D, shift as Tensor1D, { mean, inverse, moving });
};

describe.each(nodeBackends)('normalised columns on %s', (backend) => {
  const works = it.skipIf(!isAvailable(backend));
  beforeAll(async () => {
    if (isAvailable(backend)) await startBackend(backend);
  });

  works('have moments that are their definitions', () => {
    const columns = 5;
    const x = numbers([rows, columns], 1);
    const [mean, variance] = tidy(() => {
      const moments = columnMoments(tensor2d(x.values, [rows, columns]));
      return [moments.mean.dataSync(), moments.variance.dataSync()];
    });
    const column = (j: number) => Array.from({ length: rows }, (_, r) => x.values[r * columns + j]);
    const means = Array.from({ length: columns }, (_, j) => column(j).reduce((a, b) => a + b) / rows);
    expectClose(mean, means, 1e-6);
    const variances = means.map((m, j) => column(j).reduce((sum, v) => sum + (v - m) ** 2, 0) / rows);
    expectClose(variance, variances, 1e-6);
  });

  works.each([true, false])('have slopes for gradients, moments moving: %s', (moving) =>
    expectGradients(op(moving), inputs(3)),
  );
});

describe('our kernels of normalised columns', () => {
  beforeAll(() => startBackend('wasm'));

  it.each([
    [1, true],
    [6, false],
    [17, true],
  ])('give what the composed form gives with %i columns, moments moving: %s', (columns, moving) => {
    const own = valueAndGradients(op(moving), inputs(columns));
    const composed = withComposedOps(() => valueAndGradients(op(moving), inputs(columns)));
    expectClose(own.value, composed.value, 1e-5);
    for (const [k, gradient] of own.gradients.entries()) {
      expectClose(gradient, composed.gradients[k], 2e-5);
    }
  });
});
