import { concat, type Tensor, type Tensor1D, type Tensor2D, tensor2d } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../src/backend/node.ts';
import { countKernels } from '../../src/count.ts';
import { dense } from '../../src/ops/dense.ts';
import { sideBySide, type TwoLayers } from '../../src/ops/side-by-side.ts';
import { isAvailable, nodeBackends } from '../support/backends.ts';
import {
  type Array32,
  expectClose,
  expectGradients,
  numbers,
  valueAndGradients,
} from '../support/gradients.ts';

interface Sizes {
  readonly networks: number;
  readonly rows: number;
  readonly inputs: number;
  readonly hidden: number;
  readonly features: number;
}

/** Weights and biases of every network in turn. */
function parametersOf({ networks, inputs, hidden, features }: Sizes): Array32[] {
  const shapes = [[hidden, inputs], [hidden], [features, hidden], [features]];
  return Array.from({ length: networks }, (_, t) =>
    shapes.map((shape, k) => numbers(shape, 4 * t + k)),
  ).flat();
}

const dataOf = ({ rows, inputs }: Sizes) => tensor2d(numbers([rows, inputs], 77).values, [rows, inputs]);

function networksOf(parameters: readonly Tensor[]): TwoLayers[] {
  return Array.from({ length: parameters.length / 4 }, (_, t) => {
    const [w1, b1, w2, b2] = parameters.slice(4 * t, 4 * t + 4);
    return {
      first: { weight: w1 as Tensor2D, bias: b1 as Tensor1D },
      second: { weight: w2 as Tensor2D, bias: b2 as Tensor1D },
    };
  });
}

type Curve = 'ssp' | 'swish' | 'tanh';

/** What all networks say, one below the other [T R, F]. */
const together =
  (sizes: Sizes, activation: Curve) =>
  (...parameters: Tensor[]) =>
    concat(sideBySide(dataOf(sizes), networksOf(parameters), activation), 0);

const oneByOne =
  (sizes: Sizes, activation: Curve) =>
  (...parameters: Tensor[]) =>
    concat(
      networksOf(parameters).map(({ first, second }) => {
        const hidden = dense(dataOf(sizes), first.weight, {
          bias: first.bias,
          activation,
          inputGradient: false,
        });
        return dense(hidden, second.weight, { bias: second.bias });
      }),
      0,
    );

describe.each(nodeBackends)('networks side by side on %s', (backend) => {
  const works = it.skipIf(!isAvailable(backend));
  beforeAll(async () => {
    if (isAvailable(backend)) await startBackend(backend);
  });

  works('say what each says alone, and have its gradients', () => {
    const width = fc.integer({ min: 1, max: 9 });
    const sizes = fc.record({
      networks: fc.integer({ min: 1, max: 4 }),
      rows: width,
      inputs: width,
      hidden: width,
      features: width,
    });
    const curve = fc.constantFrom<Curve>('ssp', 'swish', 'tanh');
    fc.assert(
      fc.property(sizes, curve, (given, activation) => {
        const parameters = parametersOf(given);
        const all = valueAndGradients(together(given, activation), parameters);
        const single = valueAndGradients(oneByOne(given, activation), parameters);
        expectClose(all.value, single.value, 1e-5);
        expect(all.shapes).toEqual(single.shapes);
        all.gradients.forEach((gradient, i) => {
          expectClose(gradient, single.gradients[i], 2e-5);
        });
      }),
      { numRuns: 15 },
    );
  });

  works('have slopes for gradients', () => {
    const sizes = { networks: 2, rows: 3, inputs: 2, hidden: 3, features: 2 };
    expectGradients(together(sizes, 'ssp'), parametersOf(sizes));
  });
});

describe('networks side by side where a layer is several launches', () => {
  const works = it.skipIf(!isAvailable('tensorflow'));
  beforeAll(async () => {
    if (isAvailable('tensorflow')) await startBackend('tensorflow');
  });

  works('are launched no more often for being more', async () => {
    const launches = async (networks: number) => {
      const sizes = { networks, rows: 5, inputs: 4, hidden: 6, features: 3 };
      const run = () => valueAndGradients(together(sizes, 'ssp'), parametersOf(sizes));
      return (await countKernels(run)).launches;
    };
    expect(await launches(7)).toBe(await launches(3));
  });
});
