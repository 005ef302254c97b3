import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, it } from 'vitest';
import { startBackend } from '../../src/backend/node.ts';
import { gruGates } from '../../src/ops/gru-gates.ts';
import { withComposedOps } from '../../src/ops/op.ts';
import { isAvailable, nodeBackends } from '../support/backends.ts';
import {
  type Array32,
  expectClose,
  expectGradients,
  numbers,
  valueAndGradients,
} from '../support/gradients.ts';

const op = (x: Tensor, h: Tensor, state: Tensor) => gruGates(x as Tensor2D, h as Tensor2D, state as Tensor2D);

function inputs(rows: number, width: number): [Array32, Array32, Array32] {
  return [numbers([rows, 3 * width], 1), numbers([rows, 3 * width], 2), numbers([rows, width], 3)];
}

describe.each(nodeBackends)('gates of a recurrent unit on %s', (backend) => {
  const works = it.skipIf(!isAvailable(backend));
  beforeAll(async () => {
    if (isAvailable(backend)) await startBackend(backend);
  });

  works('are their formulas', () => {
    const [rows, width] = [3, 5];
    const [x, h, state] = inputs(rows, width);
    const sigmoid = (v: number) => 1 / (1 + Math.exp(-v));
    const wanted = Array.from({ length: rows * width }, (_, k) => {
      const [row, f] = [Math.floor(k / width), k % width];
      const at = (gate: number) => 3 * width * row + width * gate + f;
      const r = sigmoid(x.values[at(0)] + h.values[at(0)]);
      const z = sigmoid(x.values[at(1)] + h.values[at(1)]);
      const n = Math.tanh(x.values[at(2)] + r * h.values[at(2)]);
      return (1 - z) * n + z * state.values[k];
    });
    expectClose(valueAndGradients(op, [x, h, state]).value, wanted, 1e-6);
  });

  works('have slopes for gradients', () => expectGradients(op, inputs(2, 3)));
});

describe('our kernels of gates', () => {
  beforeAll(() => startBackend('wasm'));

  it.each([1, 6, 16])('give what the composed form gives with %i features', (width) => {
    const own = valueAndGradients(op, inputs(7, width));
    const composed = withComposedOps(() => valueAndGradients(op, inputs(7, width)));
    expectClose(own.value, composed.value, 1e-6);
    for (const [k, gradient] of own.gradients.entries()) {
      expectClose(gradient, composed.gradients[k], 2e-6);
    }
  });
});
