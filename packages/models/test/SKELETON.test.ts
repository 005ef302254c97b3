import { grad, sum, type Tensor1D, tensor1d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../src/backend/node.ts';
import { initialiseParameters } from '../src/parameters/layout.ts';
import { views } from '../src/parameters/views.ts';
import { builtInModels, modelCard } from '../src/registry.ts';
import { skeleton } from '../src/SKELETON.ts';
import { type Atoms, batchOf, cloud } from './support/molecules.ts';

beforeAll(() => startBackend('wasm'));

const options = { features: 6, rounds: 2, gaussians: 5, cutoff: 4 };
const model = skeleton.build(options);
/** No parameter at the zero that it may start from. */
const flat = initialiseParameters(model.layout, 3).map((value, i) => value + 0.1 * Math.sin(i));

function predict(molecules: readonly Atoms[], parameters: Float32Array = flat): number[] {
  const batch = model.upload(batchOf(molecules, skeleton.graph(options)));
  const out = tidy(() =>
    Array.from(
      model
        .forward(views(tensor1d(parameters), model.layout), batch, { training: false })
        .dataSync<'float32'>(),
    ),
  );
  batch.dispose();
  return out;
}
const closeTo = (values: number[], wanted: number[]) => {
  for (const [m, value] of values.entries()) {
    expect(Math.abs(value - wanted[m])).toBeLessThan(1e-4 * Math.max(1, Math.abs(wanted[m])));
  }
};

describe('the model to copy', () => {
  const molecules = [cloud(7, 1), cloud(4, 2), cloud(1, 3)];

  it('stands in no registry, and has a card a form can be drawn from', () => {
    expect(builtInModels.map(({ name }) => name)).not.toContain(skeleton.name);
    const { presets } = modelCard(skeleton);
    expect(presets.map(({ name, parameters }) => [name, parameters])).toEqual([
      ['small', 119 * 32 + 2 * (16 * 32 + 32 * 32 + 32 * 32 + 32) + 33],
    ]);
  });

  it('does not see where a molecule lies, how it is turned, or in which order its atoms stand', () => {
    const [c, s] = [Math.cos(0.7), Math.sin(0.7)];
    const moved = molecules.map(({ atomicNumbers, positions }) => ({
      atomicNumbers: atomicNumbers.toReversed(),
      positions: positions
        .map(([x, y, z]) => [c * x - s * z + 3, -y, s * x + c * z - 1] as const)
        .toReversed(),
    }));
    closeTo(predict(moved), predict(molecules));
  });

  it('sees elements and distances', () => {
    const [first] = molecules;
    const stretched = { ...first, positions: first.positions.map(([x, y, z]) => [1.1 * x, y, z] as const) };
    const other = { ...first, atomicNumbers: first.atomicNumbers.with(0, 16) };
    const [plain, longer, changed] = predict([first, stretched, other]);
    expect(Math.abs(longer - plain)).toBeGreaterThan(1e-3);
    expect(Math.abs(changed - plain)).toBeGreaterThan(1e-3);
  });

  it('has the gradient that its predictions change by', () => {
    const batch = model.upload(batchOf(molecules, skeleton.graph(options)));
    const total = (parameters: Tensor1D) =>
      sum(model.forward(views(parameters, model.layout), batch, { training: true }));
    const gradient = tidy(() => grad((x) => total(x as Tensor1D))(tensor1d(flat)).dataSync<'float32'>());
    const step = 2 ** -7;
    // A parameter of each kind, where it matters.
    for (const { name, offset, size } of model.layout.entries) {
      const part = gradient.subarray(offset, offset + size);
      const at = offset + part.reduce((best, g, i) => (Math.abs(g) > Math.abs(part[best]) ? i : best), 0);
      const value = (sign: number) =>
        predict(
          molecules,
          flat.map((x, i) => (i === at ? x + sign * step : x)),
        ).reduce((a, b) => a + b);
      const difference = (value(1) - value(-1)) / (2 * step);
      expect(Math.abs(gradient[at] - difference), name).toBeLessThan(
        0.01 * Math.max(1, Math.abs(difference)),
      );
    }
    batch.dispose();
  });
});
