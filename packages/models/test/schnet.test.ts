import { grad, losses, memory, type Tensor1D, tensor1d, tidy } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../src/backend/node.ts';
import { countKernels } from '../src/count.ts';
import { withComposedOps } from '../src/ops/op.ts';
import { initialiseParameters, namedValues } from '../src/parameters/layout.ts';
import { views } from '../src/parameters/views.ts';
import { goldenParameters, parity, schnetParity } from '../src/parity.ts';
import { type SchNetOptions, schnet, schnetOptions } from '../src/schnet.ts';
import { isAvailable, nodeBackends } from './support/backends.ts';
import { goldenInputs, goldenSchNet, goldenSchNetAtomref, schnetShapes } from './support/golden.ts';
import { expectClose } from './support/gradients.ts';
import { type Atoms, batchOf, cloud } from './support/molecules.ts';

const tiny = schnetOptions.parse({
  hiddenChannels: 12,
  numFilters: 10,
  numInteractions: 2,
  numGaussians: 9,
  cutoff: 4,
});
const atomref = Array.from({ length: 100 }, (_, z) => 0.01 * z);

function predict(molecules: readonly Atoms[], options: SchNetOptions = tiny): number[] {
  const model = schnet.build(options);
  const batch = model.upload(batchOf(molecules, schnet.graph(options)));
  const flat = initialiseParameters(model.layout, 3);
  const values = tidy(() =>
    Array.from(model.forward(views(tensor1d(flat), model.layout), batch, { training: false }).dataSync()),
  );
  batch.dispose();
  return values;
}

describe('the layout of SchNet', () => {
  const { layout } = schnet.build(schnet.presets.paper.options);

  it("has PyG's parameters in PyG's order: 455,809 of them", () => {
    expect(layout.entries.map(({ name, shape, size }) => ({ name, shape, size }))).toEqual(schnetShapes);
    expect(layout.size).toBe(455_809);
  });

  it('has an embedding more with atomref, that starts as given', () => {
    const { layout: longer } = schnet.build(schnetOptions.parse({ atomref: [0, -13.6] }));
    expect(longer.size).toBe(455_909);
    const { 'atomref.weight': start } = namedValues(longer, initialiseParameters(longer, 1));
    expectClose(start.subarray(0, 3), [0, -13.6, 0], 1e-6);
  });

  it("starts as PyG's: Glorot's bound for weights, zero biases and a zero row for padding", () => {
    const start = namedValues(layout, initialiseParameters(layout, 1));
    const bound = Math.sqrt(6 / (50 + 128));
    const weight = start['interactions.3.mlp.0.weight'];
    expect(Math.max(...weight.map(Math.abs))).toBeLessThanOrEqual(bound);
    expect(Math.max(...weight.map(Math.abs))).toBeGreaterThan(0.99 * bound);
    expect(start['interactions.3.mlp.2.bias'].every((v) => v === 0)).toBe(true);
    expect(start['embedding.weight'].subarray(0, 128).every((v) => v === 0)).toBe(true);
    expect(start['embedding.weight'].subarray(128).every((v) => v !== 0)).toBe(true);
  });
});

describe.each(nodeBackends)('SchNet on %s', (backend) => {
  const works = it.skipIf(!isAvailable(backend));
  beforeAll(async () => {
    if (isAvailable(backend)) await startBackend(backend);
  });

  works("equals PyG's outputs and gradient norms", async () => {
    const { outputs, gradients } = await schnetParity(goldenInputs, goldenSchNet);
    expect(outputs).toBeLessThan(1e-5);
    expect(gradients).toBeLessThan(1e-5);
  });

  works("equals PyG's with mean, std and atomref", async () => {
    const options = { mean: -4.2, std: 0.7, atomref };
    const { outputs, gradients } = await schnetParity(goldenInputs, goldenSchNetAtomref, options);
    expect(outputs).toBeLessThan(1e-5);
    expect(gradients).toBeLessThan(1e-5);
  });

  works('equals itself to 2e-6 with tabulated filters, gradients included', async () => {
    const { outputs, gradients } = await schnetParity(goldenInputs, goldenSchNet, { filter: 'tabulated' });
    expect(outputs).toBeLessThan(2e-6);
    expect(gradients).toBeLessThan(2e-6);
  });

  works('leaves nothing on the backend', () => {
    predict([cloud(5, 1)]);
    const before = memory().numTensors;
    predict([cloud(5, 1), cloud(3, 2)]);
    predict([cloud(5, 1)], { ...tiny, filter: 'tabulated' });
    expect(memory().numTensors).toBe(before);
  });

  works('gives padding no gradient', () => {
    const model = schnet.build(tiny);
    const methane = { ...cloud(5, 1), atomicNumbers: [6, 1, 1, 1, 1] };
    const batch = model.upload(batchOf([methane], schnet.graph(tiny)));
    const gradient = tidy(() =>
      grad((flat) => model.forward(views(flat as Tensor1D, model.layout), batch, { training: true }).sum())(
        tensor1d(initialiseParameters(model.layout, 1)),
      ).dataSync<'float32'>(),
    );
    batch.dispose();
    const { 'embedding.weight': embedding } = namedValues(model.layout, gradient);
    const row = (z: number) => embedding.subarray(12 * z, 12 * z + 12);
    expect(row(0).every((v) => v === 0)).toBe(true);
    expect(row(42).every((v) => v === 0)).toBe(true);
    expect(row(6).some((v) => v !== 0)).toBe(true);
  });
});

describe('composed of plain ops', () => {
  it.each(['wasm', 'cpu'] as const)("SchNet equals PyG's on %s too", async (backend) => {
    await startBackend(backend);
    // The switch holds while the graph is run, before the first await.
    const result = withComposedOps(() => schnetParity(goldenInputs, goldenSchNet));
    const { outputs, gradients } = await result;
    expect(outputs).toBeLessThan(1e-5);
    expect(gradients).toBeLessThan(1e-5);
  });
});

describe('what SchNet says of molecules', () => {
  beforeAll(() => startBackend('wasm'));

  it('does not depend on the order of atoms', () => {
    const molecule = cloud(8, 1);
    const [whole] = predict([molecule]);
    const orders = fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7], { minLength: 8 });
    fc.assert(
      fc.property(orders, (order) => {
        const shuffled = {
          atomicNumbers: order.map((a) => molecule.atomicNumbers[a]),
          positions: order.map((a) => molecule.positions[a]),
        };
        expect(predict([shuffled])[0]).toBeCloseTo(whole, 5);
      }),
      { numRuns: 10 },
    );
  });

  it('depends on no other molecule of the batch, nor on its place in it', () => {
    const molecules = [cloud(5, 1), cloud(1, 2), cloud(9, 3), cloud(2, 4)];
    const alone = molecules.map((molecule) => predict([molecule])[0]);
    const orders = fc.shuffledSubarray([0, 1, 2, 3], { minLength: 1 });
    fc.assert(
      fc.property(orders, (order) => {
        expectClose(
          predict(order.map((m) => molecules[m])),
          order.map((m) => alone[m]),
          1e-5,
        );
      }),
      { numRuns: 15 },
    );
  });

  it('does not change when the molecule is moved and turned', () => {
    const molecule = cloud(7, 5);
    const [still] = predict([molecule]);
    const number = (bound: number) => fc.double({ min: -bound, max: bound, noNaN: true });
    fc.assert(
      fc.property(number(Math.PI), number(Math.PI), number(5), (yaw, pitch, shift) => {
        const positions = molecule.positions.map(([x, y, z]) => turned(x, y, z, yaw, pitch, shift));
        expect(predict([{ ...molecule, positions }])[0]).toBeCloseTo(still, 4);
      }),
      { numRuns: 15 },
    );
  });

  it('is what its atoms contribute on average where the readout is the mean', () => {
    const molecules = [cloud(5, 1), cloud(3, 2)];
    const sums = predict(molecules);
    expectClose(predict(molecules, { ...tiny, readout: 'mean' }), [sums[0] / 5, sums[1] / 3], 1e-5);
  });

  it('is refused in words for an element the embedding has no row for', () => {
    const lawrencium = { atomicNumbers: [6, 103], positions: cloud(2, 1).positions };
    expect(() => predict([cloud(2, 1), lawrencium])).toThrow(
      /the elements up to Es \(99\); a molecule has Lr \(103\)/,
    );
  });
});

describe('a training step of SchNet', () => {
  beforeAll(() => startBackend('wasm'));
  const molecules = [cloud(9, 1), cloud(6, 2), cloud(8, 3), cloud(5, 4)];
  const target = [0.4, -1.2, 2.1, 0.3];

  it('lowers the loss, step after step', () => {
    const model = schnet.build(tiny);
    const batch = model.upload(batchOf(molecules, schnet.graph(tiny)));
    const flat = initialiseParameters(model.layout, 1);
    const loss = (f: Tensor1D) =>
      losses.meanSquaredError(
        tensor1d(target),
        model.forward(views(f, model.layout), batch, { training: true }),
      );
    const lossNow = () => tidy(() => loss(tensor1d(flat)).dataSync()[0]);
    const before = lossNow();
    for (let step = 0; step < 30; step++) {
      const gradient = tidy(() => grad((f) => loss(f as Tensor1D))(tensor1d(flat)).dataSync());
      const size = Math.hypot(...gradient);
      flat.forEach((_, i) => {
        flat[i] -= (0.05 * gradient[i]) / size;
      });
    }
    expect(lossNow()).toBeLessThan(0.3 * before);
    batch.dispose();
  });

  it('launches at most 20 kernels a block and 20 beside them at full size', async () => {
    const { options } = schnet.presets.paper;
    const model = schnet.build(options);
    const batch = model.upload(batchOf(molecules, schnet.graph(options)));
    const flat = tensor1d(goldenParameters(model.layout));
    const { launches } = await countKernels(() =>
      tidy(() => {
        grad((f) => model.forward(views(f as Tensor1D, model.layout), batch, { training: true }).sum())(flat);
      }),
    );
    expect(launches).toBeLessThanOrEqual(6 * 20 + 20);
    flat.dispose();
    batch.dispose();
  });
});

describe('parity', () => {
  beforeAll(() => startBackend('wasm'));

  it('tells a model that differs', async () => {
    const { outputs, gradients } = await schnetParity(goldenInputs, goldenSchNet, { cutoff: 9.9 });
    expect(outputs).toBeGreaterThan(1e-4);
    expect(gradients).toBeGreaterThan(1e-4);
  });

  it('is not a number where a parameter has no reference', async () => {
    const model = schnet.build(tiny);
    const batch = batchOf([cloud(3, 1)], schnet.graph(tiny));
    const golden = { out64: [1], gradnorm64: {} };
    expect((await parity(model, batch, goldenParameters(model.layout), golden)).gradients).toBeNaN();
  });
});

function turned(
  x: number,
  y: number,
  z: number,
  yaw: number,
  pitch: number,
  shift: number,
): [number, number, number] {
  const [a, b] = [x * Math.cos(yaw) - y * Math.sin(yaw), x * Math.sin(yaw) + y * Math.cos(yaw)];
  const [c, d] = [b * Math.cos(pitch) - z * Math.sin(pitch), b * Math.sin(pitch) + z * Math.cos(pitch)];
  return [a + shift, c - shift, d + 2 * shift];
}
