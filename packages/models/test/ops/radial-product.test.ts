import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, it } from 'vitest';
import { startBackend } from '../../src/backend/node.ts';
import { withComposedOps } from '../../src/ops/op.ts';
import { radialProduct } from '../../src/ops/radial-product.ts';
import { isAvailable, nodeBackends } from '../support/backends.ts';
import {
  type Array32,
  expectClose,
  expectGradients,
  numbers,
  valueAndGradients,
} from '../support/gradients.ts';

const op = (x: Tensor, r: Tensor, weight: Tensor) =>
  radialProduct(x as Tensor2D, r as Tensor2D, weight as Tensor2D);

function inputs(rows: number, features: number, terms: number): [Array32, Array32, Array32] {
  return [numbers([rows, features], 1), numbers([rows, terms], 2), numbers([features, terms], 3)];
}

describe.each(nodeBackends)('products with radial functions on %s', (backend) => {
  const works = it.skipIf(!isAvailable(backend));
  beforeAll(async () => {
    if (isAvailable(backend)) await startBackend(backend);
  });

  works('are their formula', () => {
    const [rows, features, terms] = [4, 5, 3];
    const [x, r, weight] = inputs(rows, features, terms);
    const wanted = Array.from({ length: rows * features }, (_, at) => {
      const [row, f] = [Math.floor(at / features), at % features];
      let sum = 0;
      for (let k = 0; k < terms; k++) sum += r.values[row * terms + k] * weight.values[f * terms + k];
      return x.values[at] * sum;
    });
    expectClose(valueAndGradients(op, [x, r, weight]).value, wanted, 1e-6);
  });

  works('have slopes for gradients', () => expectGradients(op, inputs(3, 4, 2)));
});

describe('our kernels of products with radial functions', () => {
  beforeAll(() => startBackend('wasm'));

  it.each([
    [1, 1, 1],
    [7, 18, 6],
    [20, 64, 5],
  ])('give what the composed form gives: %i rows, %i features, %i terms', (rows, features, terms) => {
    const given = inputs(rows, features, terms);
    const own = valueAndGradients(op, given);
    const composed = withComposedOps(() => valueAndGradients(op, given));
    expectClose(own.value, composed.value, 1e-5);
    for (const [k, gradient] of own.gradients.entries()) expectClose(gradient, composed.gradients[k], 1e-5);
  });
});
