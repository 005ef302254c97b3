import { InputError } from '@litmatter/protocol';
import { grad, sum, type Tensor1D, tensor1d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../src/backend/node.ts';
import { dimenet, dimenetOptions } from '../src/dimenet.ts';
import { withComposedOps } from '../src/ops/op.ts';
import { initialiseParameters, namedValues } from '../src/parameters/layout.ts';
import { views } from '../src/parameters/views.ts';
import { dimenetParity } from '../src/parity.ts';
import { isAvailable, nodeBackends } from './support/backends.ts';
import { goldenDimeNet, goldenInputs, shapesOf } from './support/golden.ts';
import { describeInvariances, predictor } from './support/invariance.ts';
import { batchOf, cloud } from './support/molecules.ts';

describe('the layout of DimeNet', () => {
  const { layout } = dimenet.build(dimenet.presets.paper.options);

  it("has PyG's parameters in PyG's order: 2,100,070 of them", () => {
    expect(layout.entries.map(({ name, shape, size }) => ({ name, shape, size }))).toEqual(
      shapesOf('dimenet'),
    );
    expect(layout.size).toBe(2_100_070);
  });

  it("starts as PyG's", () => {
    const start = namedValues(layout, initialiseParameters(layout, 1));
    const rms = (values: Float32Array) =>
      Math.sqrt(values.reduce((total, v) => total + v * v, 0) / values.length);
    const largest = (values: Float32Array) => values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
    expect(start['rbf.freq'][5]).toBeCloseTo(6 * Math.PI, 5);
    expect(largest(start['emb.emb.weight'])).toBeCloseTo(Math.sqrt(3), 2);
    expect(largest(start['emb.lin.bias'])).toBeLessThanOrEqual(1 / Math.sqrt(384));
    expect(rms(start['interaction_blocks.2.W'])).toBeCloseTo(2 / 128, 3);
    // Glorot's variance, 2 / (in + out), whatever the shape.
    expect(rms(start['interaction_blocks.2.lin_ji.weight'])).toBeCloseTo(Math.sqrt(1 / 128), 3);
    expect(rms(start['interaction_blocks.2.lin_sbf.weight'])).toBeCloseTo(Math.sqrt(2 / 50), 2);
    expect(largest(start['interaction_blocks.2.lin.bias'])).toBe(0);
    expect(largest(start['output_blocks.6.lin.weight'])).toBe(0);
    const glorot = dimenet.build(dimenetOptions.parse({ outputInitializer: 'glorot_orthogonal' })).layout;
    const { 'output_blocks.6.lin.weight': last } = namedValues(glorot, initialiseParameters(glorot, 1));
    expect(rms(last)).toBeCloseTo(Math.sqrt(2 / 129), 2);
  });
});

describe.each(nodeBackends)('DimeNet on %s', (backend) => {
  const works = it.skipIf(!isAvailable(backend));
  beforeAll(async () => {
    if (isAvailable(backend)) await startBackend(backend);
  });

  works("equals PyG's outputs and gradient norms", async () => {
    const { outputs, gradients } = await dimenetParity(goldenInputs, goldenDimeNet);
    expect(outputs).toBeLessThan(2e-5);
    expect(gradients).toBeLessThan(1e-5);
  });
});

describe('DimeNet composed of plain ops', () => {
  it("equals PyG's on wasm too", async () => {
    await startBackend('wasm');
    const { outputs, gradients } = await withComposedOps(() => dimenetParity(goldenInputs, goldenDimeNet));
    expect(outputs).toBeLessThan(2e-5);
    expect(gradients).toBeLessThan(1e-5);
  });
});

const tiny = dimenetOptions.parse({
  hiddenChannels: 12,
  numBlocks: 2,
  numBilinear: 3,
  numSpherical: 4,
  numRadial: 3,
  numOutputLayers: 1,
  outputInitializer: 'glorot_orthogonal',
});
describeInvariances('DimeNet', predictor(dimenet, tiny), [
  cloud(4, 1),
  cloud(1, 2),
  cloud(2, 3),
  cloud(8, 4),
]);

describe('DimeNet', () => {
  beforeAll(() => startBackend('wasm'));
  const graph = dimenet.graph(tiny);

  it('predicts 0 before it has learnt, as PyG does', () => {
    const zeros = predictor(dimenet, { ...tiny, outputInitializer: 'zeros' });
    expect(zeros([cloud(5, 1), cloud(3, 2)])).toEqual([0, 0]);
  });

  it('has a gradient where no two atoms are neighbours', () => {
    const model = dimenet.build(tiny);
    const batch = model.upload(batchOf([cloud(1, 1), cloud(1, 2)], graph));
    const gradient = tidy(() =>
      grad((flat) => sum(model.forward(views(flat as Tensor1D, model.layout), batch, { training: true })))(
        tensor1d(initialiseParameters(model.layout, 1)),
      ).dataSync(),
    );
    batch.dispose();
    expect(gradient.every(Number.isFinite)).toBe(true);
  });

  it('refuses elements it has no embedding for', () => {
    const heavy = { ...cloud(3, 1), atomicNumbers: [6, 1, 95] };
    expect(() => dimenet.build(tiny).upload(batchOf([heavy], graph))).toThrow(InputError);
  });
});
