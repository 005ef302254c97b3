import {
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tensor,
  tensor1d,
  tensor2d,
  tidy,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, it } from 'vitest';
import { startBackend } from '../../src/backend/node.ts';
import { withComposedOps } from '../../src/ops/op.ts';
import {
  addBias,
  columnSums,
  reluSlope,
  sigmoidSlope,
  softplusSlope,
  tanhSlope,
} from '../../src/ops/parts.ts';
import { isAvailable, nodeBackends } from '../support/backends.ts';
import { expectClose, numbers } from '../support/gradients.ts';

const x = numbers([4, 3], 1).values.map((value) => 3 * value);
const dy = numbers([4, 3], 2).values;

/** Each function with the gradient that a part computes, from its value or from where it is taken. */
const curves: Record<
  string,
  { f: (x: number) => number; part: (dy: Tensor, kept: Tensor) => Tensor; keeps: 'x' | 'y' }
> = {
  relu: { f: (v) => Math.max(0, v), part: reluSlope, keeps: 'y' },
  softplus: { f: (v) => Math.log1p(Math.exp(v)), part: softplusSlope, keeps: 'x' },
  sigmoid: { f: (v) => 1 / (1 + Math.exp(-v)), part: sigmoidSlope, keeps: 'y' },
  tanh: { f: Math.tanh, part: tanhSlope, keeps: 'y' },
};

describe.each(nodeBackends)('parts of composed ops on %s', (backend) => {
  const works = it.skipIf(!isAvailable(backend));
  beforeAll(async () => {
    if (isAvailable(backend)) await startBackend(backend);
  });
  const values = (body: () => Tensor) => Array.from(tidy(body).dataSync());

  describe.each(['ours', 'composed'])('%s', (form) => {
    const run = (body: () => Tensor) =>
      form === 'ours' ? values(body) : withComposedOps(() => values(body));

    works.each(Object.keys(curves))('the gradient of %s is dy times its slope', (name) => {
      const { f, part, keeps } = curves[name];
      const kept = keeps === 'x' ? x : x.map(f);
      const step = 1e-4;
      const wanted = Array.from(x, (v, i) => (dy[i] * (f(v + step) - f(v - step))) / (2 * step));
      expectClose(
        run(() => part(tensor(dy, [4, 3]), tensor(kept, [4, 3]))),
        wanted,
        1e-5,
      );
    });

    works('a bias is added to every row', () => {
      const bias = [0.5, -1, 2];
      const wanted = Array.from(x, (v, i) => v + bias[i % 3]);
      expectClose(
        run(() => addBias(tensor2d(x, [4, 3]) as Tensor2D, tensor1d(bias) as Tensor1D)),
        wanted,
        1e-6,
      );
    });

    works('sums over rows', () => {
      const wanted = [0, 1, 2].map((c) => [0, 1, 2, 3].reduce((sum, r) => sum + x[3 * r + c], 0));
      expectClose(
        run(() => columnSums(tensor2d(x, [4, 3]) as Tensor2D)),
        wanted,
        1e-5,
      );
    });
  });
});
