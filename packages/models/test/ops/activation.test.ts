import { tensor1d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../src/backend/node.ts';
import { type Activation, activate, activationCode } from '../../src/ops/activation.ts';
import { withComposedOps } from '../../src/ops/op.ts';
import { isAvailable, nodeBackends } from '../support/backends.ts';
import { expectClose, expectGradients, numbers, valueAndGradients } from '../support/gradients.ts';

const names = Object.keys(activationCode) as Activation[];
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const formulas: Record<Activation, (x: number) => number> = {
  identity: (x) => x,
  ssp: (x) => Math.log1p(Math.exp(-Math.abs(x))) + Math.max(x, 0) - Math.LN2,
  swish: (x) => x * sigmoid(x),
  relu: (x) => Math.max(x, 0),
  tanh: Math.tanh,
  sigmoid,
};

describe.each(nodeBackends)('activations on %s', (backend) => {
  const works = it.skipIf(!isAvailable(backend));
  beforeAll(async () => {
    if (isAvailable(backend)) await startBackend(backend);
  });

  works.each(names)('%s is its formula, far from 0 too', (name) => {
    const x = [-60, -20, -1, -1e-3, 0, 1e-3, 1, 20, 60];
    const y = tidy(() => activate(tensor1d(x), name).dataSync());
    expectClose(y, x.map(formulas[name]), 1e-6);
  });

  works.each(names)('the gradient of %s is its slope', (name) => {
    // Off the corner of relu.
    const { shape, values } = numbers([3, 7], 1);
    expectGradients((x) => activate(x, name), [{ shape, values: values.map((v) => 3 * v + 0.05) }]);
  });

  works('shifted softplus is 0 at 0 and NaN at NaN', () => {
    expect(Array.from(tidy(() => activate(tensor1d([0, Number.NaN]), 'ssp').dataSync()))).toEqual([
      expect.closeTo(0, 7),
      Number.NaN,
    ]);
  });
});

describe('our kernels of activations', () => {
  beforeAll(() => startBackend('wasm'));

  it.each(names)('%s is the same composed', (name) => {
    const x = { shape: [5, 9], values: numbers([5, 9], 2).values.map((v) => 8 * v) };
    const own = valueAndGradients((t) => activate(t, name), [x]);
    const composed = withComposedOps(() => valueAndGradients((t) => activate(t, name), [x]));
    expectClose(own.value, composed.value, 1e-6);
    expectClose(own.gradients[0], composed.gradients[0], 2e-6);
  });
});
