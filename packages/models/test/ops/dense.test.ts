import { ones, type Tensor, type Tensor1D, type Tensor2D, tensor2d } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../src/backend/node.ts';
import type { Activation } from '../../src/ops/activation.ts';
import { dense, denseOnto } from '../../src/ops/dense.ts';
import { withComposedOps } from '../../src/ops/op.ts';
import { isAvailable, nodeBackends } from '../support/backends.ts';
import {
  type Array32,
  expectClose,
  expectGradients,
  numbers,
  valueAndGradients,
} from '../support/gradients.ts';

function layer(activation: Activation) {
  return (x: Tensor, weight: Tensor, bias?: Tensor) =>
    dense(x as Tensor2D, weight as Tensor2D, { activation, bias: bias as Tensor1D | undefined });
}

function inputs(rows: number, fanIn: number, fanOut: number): [Array32, Array32, Array32] {
  return [numbers([rows, fanIn], 1), numbers([fanOut, fanIn], 2), numbers([fanOut], 3)];
}

function layerOnto(activation: Exclude<Activation, 'swish'>) {
  return (base: Tensor, x: Tensor, weight: Tensor, bias?: Tensor) =>
    denseOnto(base as Tensor2D, x as Tensor2D, weight as Tensor2D, {
      activation,
      bias: bias as Tensor1D | undefined,
    });
}

describe.each(nodeBackends)('dense layers on %s', (backend) => {
  const works = it.skipIf(!isAvailable(backend));
  beforeAll(async () => {
    if (isAvailable(backend)) await startBackend(backend);
  });

  works('y = x W^T + b', () => {
    const [x, w, b] = inputs(3, 5, 4);
    const { value } = valueAndGradients(layer('identity'), [x, w, b]);
    const wanted = Array.from({ length: 12 }, (_, i) => {
      const [r, o] = [Math.floor(i / 4), i % 4];
      return w.values
        .subarray(5 * o, 5 * o + 5)
        .reduce((sum, weight, k) => sum + weight * x.values[5 * r + k], b.values[o]);
    });
    expectClose(value, wanted, 1e-6);
  });

  works.each(['identity', 'ssp', 'swish', 'tanh', 'sigmoid'] as const)(
    'gradients in x, W and b through %s are slopes',
    (activation) => expectGradients(layer(activation), inputs(4, 5, 3)),
  );

  works('gradients without a bias are slopes', () => {
    expectGradients(layer('ssp'), inputs(4, 5, 3).slice(0, 2));
  });

  works('on top of something are f(base + x W^T + b), with slopes for gradients', () => {
    const given = [numbers([4, 3], 4), ...inputs(4, 5, 3)];
    const [base, ...rest] = given;
    const zeros = { ...base, values: base.values.map(() => 0) };
    const { value } = valueAndGradients(layerOnto('identity'), given);
    const under = valueAndGradients(layerOnto('identity'), [zeros, ...rest]).value;
    expectClose(
      value,
      under.map((v, k) => v + base.values[k]),
      1e-6,
    );
    expectClose(under, valueAndGradients(layer('identity'), rest).value, 1e-6);
    expectGradients(layerOnto('identity'), given);
    expectGradients(layerOnto('ssp'), given);
  });

  works('data takes no gradient', () => {
    const [x, w] = inputs(6, 5, 4);
    const data = (weight: Tensor) =>
      dense(tensor2d(x.values, [6, 5]), weight as Tensor2D, { inputGradient: false });
    const whole = valueAndGradients(layer('identity'), [x, w]);
    expectClose(valueAndGradients(data, [w]).gradients[0], whole.gradients[1], 1e-6);
    expect(() =>
      valueAndGradients((t) => dense(t as Tensor2D, ones([4, 5]), { inputGradient: false }), [x]),
    ).toThrow(/gradient/);
  });
});

describe('our kernels of dense layers', () => {
  beforeAll(() => startBackend('wasm'));

  it('give what the composed form gives, for any sizes and activation', () => {
    const size = fc.integer({ min: 1, max: 40 });
    const activation = fc.constantFrom<Activation>('identity', 'ssp', 'swish', 'relu', 'tanh', 'sigmoid');
    fc.assert(
      fc.property(size, size, size, activation, fc.boolean(), (rows, fanIn, fanOut, f, hasBias) => {
        const given = inputs(rows, fanIn, fanOut).slice(0, hasBias ? 3 : 2);
        const own = valueAndGradients(layer(f), given);
        const composed = withComposedOps(() => valueAndGradients(layer(f), given));
        expectClose(own.value, composed.value, 1e-5);
        own.gradients.forEach((gradient, i) => {
          expectClose(gradient, composed.gradients[i], 2e-5);
        });
      }),
      { numRuns: 40 },
    );
  });
});
