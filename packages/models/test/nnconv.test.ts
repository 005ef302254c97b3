import { InputError } from '@litmatter/protocol';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../src/backend/node.ts';
import { nnconv, nnconvOptions } from '../src/nnconv.ts';
import { withComposedOps } from '../src/ops/op.ts';
import { initialiseParameters, namedValues } from '../src/parameters/layout.ts';
import { nnconvParity } from '../src/parity.ts';
import { isAvailable, nodeBackends } from './support/backends.ts';
import { goldenInputs, goldenNNConv, shapesOf } from './support/golden.ts';
import { describeInvariances, predictor } from './support/invariance.ts';
import { batchOf, chain, cloud } from './support/molecules.ts';

describe('the layout of NNConv', () => {
  const { layout } = nnconv.build(nnconv.presets.paper.options);

  it("has PyG's parameters in PyG's order: 617,025 of them", () => {
    expect(layout.entries.map(({ name, shape, size }) => ({ name, shape, size }))).toEqual(
      shapesOf('nnconv'),
    );
    expect(layout.size).toBe(617_025);
  });

  it("starts as torch's: uniform up to 1 / sqrt(in), up to 1 / sqrt(hidden) for gates, and one bias at zero", () => {
    const start = namedValues(layout, initialiseParameters(layout, 1));
    const largest = (name: string) => start[name].reduce((most, v) => Math.max(most, Math.abs(v)), 0);
    const bounds = {
      'lin0.bias': 1 / Math.sqrt(11),
      'conv.nn.2.weight': 1 / Math.sqrt(128),
      'conv.lin.weight': 1 / 8,
      'gru.weight_hh_l0': 1 / 8,
      'gru.bias_ih_l0': 1 / 8,
      'set2set.lstm.weight_ih_l0': 1 / 8,
    };
    for (const [name, bound] of Object.entries(bounds)) {
      expect(largest(name)).toBeLessThanOrEqual(bound);
      expect(largest(name)).toBeGreaterThan(0.9 * bound);
    }
    expect(largest('conv.bias')).toBe(0);
  });
});

describe.each(nodeBackends)('NNConv on %s', (backend) => {
  const works = it.skipIf(!isAvailable(backend));
  beforeAll(async () => {
    if (isAvailable(backend)) await startBackend(backend);
  });

  works("equals PyG's outputs and gradient norms", async () => {
    const { outputs, gradients } = await nnconvParity(goldenInputs, goldenNNConv);
    expect(outputs).toBeLessThan(1e-5);
    expect(gradients).toBeLessThan(1e-5);
  });
});

describe('NNConv composed of plain ops', () => {
  it("equals PyG's on wasm too", async () => {
    await startBackend('wasm');
    const { outputs, gradients } = await withComposedOps(() => nnconvParity(goldenInputs, goldenNNConv));
    expect(outputs).toBeLessThan(1e-5);
    expect(gradients).toBeLessThan(1e-5);
  });
});

const tiny = nnconvOptions.parse({ dim: 12, edgeHidden: 10 });
describeInvariances('NNConv', predictor(nnconv, tiny), [chain(4, 1), cloud(1, 2), chain(2, 3), chain(8, 4)]);

describe('what NNConv cannot read', () => {
  it('is refused with the elements it knows', () => {
    const silane = { ...cloud(5, 1), atomicNumbers: [14, 1, 1, 1, 1] };
    expect(() => nnconv.build(tiny).upload(batchOf([silane], { kind: 'complete' }))).toThrow(InputError);
  });
});
