import type { Batch } from '@litmatter/molecules';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../src/backend/node.ts';
import {
  neighbourStatistics,
  type StatisticsOptions,
  uploadBonds,
} from '../../src/ops/neighbour-statistics.ts';
import { withComposedOps } from '../../src/ops/op.ts';
import { isAvailable, nodeBackends } from '../support/backends.ts';
import {
  type Array32,
  expectClose,
  expectGradients,
  numbers,
  valueAndGradients,
} from '../support/gradients.ts';
import { batchOf, chain, cloud } from '../support/molecules.ts';

const bondTypes = 4;
const star = (arms: number) => ({
  ...cloud(arms + 1, arms),
  bonds: Array.from({ length: arms }, (_, k) => [0, k + 1, 1 + (k % 2)] as const),
});
const bonded = (...molecules: Parameters<typeof batchOf>[0]) => batchOf(molecules, { kind: 'bonds' });
// Atoms of one, two, three neighbours and of none.
const batch = bonded(chain(4, 1), cloud(1, 2), star(3), chain(6, 3));
const tetrahedron = [[0, 1, 1] as const, [0, 2, 2] as const, [0, 3, 1] as const, [1, 2, 1] as const];
const others: readonly (readonly [of: string, batch: Batch])[] = [
  ['at most two neighbours', bonded(chain(6, 1), chain(3, 2))],
  ['three neighbours', bonded({ ...cloud(4, 6), bonds: [...tetrahedron, [1, 3, 2], [2, 3, 1]] })],
  ['one to four neighbours', bonded(star(3), chain(5, 4), star(4))],
];

const floor = 1e-5;
const op =
  ({
    groups = 2,
    deviation = 'floored',
    of = batch,
  }: Partial<StatisticsOptions> & { groups?: number; of?: Batch } = {}) =>
  (base: Tensor, x: Tensor, bonds: Tensor): Tensor =>
    neighbourStatistics(
      base as Tensor2D,
      x as Tensor2D,
      bonds as Tensor2D,
      uploadBonds(of, bondTypes, groups),
      { deviation, floor },
    );

function inputs(features: number, { atoms } = batch): [Array32, Array32, Array32] {
  const shape = [atoms, features];
  return [numbers(shape, 1), numbers(shape, 2), numbers([bondTypes, features], 3)];
}

/** Mean, least, largest, deviation of one feature of one atom, by their definitions. */
function definition(
  { edgeStart, source, bondOrder }: Batch,
  [base, x, bonds]: Array32[],
  i: number,
  f: number,
  softened: boolean,
): number[] {
  const features = x.shape[1];
  const messages: number[] = [];
  for (let e = edgeStart[i]; e < edgeStart[i + 1]; e++) {
    messages.push(
      base.values[i * features + f] +
        x.values[source[e] * features + f] +
        bonds.values[bondOrder[e] * features + f],
    );
  }
  if (messages.length === 0) return [0, 0, 0, softened ? Math.sqrt(floor) : 0];
  const mean = messages.reduce((a, b) => a + b) / messages.length;
  const variance = messages.reduce((sum, m) => sum + (m - mean) ** 2, 0) / messages.length;
  const floored = variance > floor ? Math.sqrt(variance) : 0;
  return [
    mean,
    Math.min(...messages),
    Math.max(...messages),
    softened ? Math.sqrt(variance + floor) : floored,
  ];
}

function expectDefinitions(of: Batch, deviation: StatisticsOptions['deviation']): void {
  const [features, groups] = [6, 2];
  const width = features / groups;
  const given = inputs(features, of);
  const wanted: number[] = [];
  for (let g = 0; g < groups; g++)
    for (let i = 0; i < of.atoms; i++) {
      const columns = Array.from({ length: width }, (_, k) =>
        definition(of, given, i, g * width + k, deviation === 'softened'),
      );
      for (let s = 0; s < 4; s++) wanted.push(...columns.map((statistics) => statistics[s]));
    }
  expectClose(valueAndGradients(op({ deviation, of }), given).value, wanted, 2e-6);
}

describe.each(nodeBackends)('statistics over neighbours on %s', (backend) => {
  const works = it.skipIf(!isAvailable(backend));
  beforeAll(async () => {
    if (isAvailable(backend)) await startBackend(backend);
  });

  works.each(['floored', 'softened'] as const)('are their definitions, the deviation %s', (deviation) =>
    expectDefinitions(batch, deviation),
  );

  works.each(others)('of atoms of %s are their definitions, and have slopes for gradients', (_, of) => {
    expectDefinitions(of, 'floored');
    expectGradients(op({ groups: 1, of }), inputs(2, of));
  });

  works('have slopes for gradients', () => expectGradients(op({ groups: 1 }), inputs(2)));

  works('share the gradient of a least or largest value evenly among the neighbours that have it', () => {
    const same = { shape: [batch.atoms, 1], values: new Float32Array(batch.atoms).fill(0.25) };
    const bonds = { shape: [bondTypes, 1], values: new Float32Array(bondTypes) };
    const { gradients } = valueAndGradients(op({ groups: 1 }), [same, same, bonds]);
    const weights = numbers([1, batch.atoms, 4], 99).values;
    const wanted = new Float64Array(batch.atoms);
    for (let e = 0; e < batch.edges; e++) {
      const i = batch.target[e];
      const degree = batch.edgeStart[i + 1] - batch.edgeStart[i];
      const [mean, low, high] = weights.subarray(4 * i, 4 * i + 3);
      wanted[batch.source[e]] += (mean + low + high) / degree;
    }
    expectClose(gradients[1], wanted, 1e-6);
  });

  works('of a batch without bonds are zero, gradients too', () => {
    const lonely = batchOf([cloud(1, 1), cloud(3, 2)], { kind: 'bonds' });
    const { value, gradients } = valueAndGradients(
      (base, x, bonds) =>
        neighbourStatistics(
          base as Tensor2D,
          x as Tensor2D,
          bonds as Tensor2D,
          uploadBonds(lonely, bondTypes, 2),
          { deviation: 'floored', floor },
        ),
      [numbers([4, 2], 1), numbers([4, 2], 2), numbers([bondTypes, 2], 3)],
    );
    for (const zeros of [value, ...gradients]) expect(zeros.every((v) => v === 0)).toBe(true);
  });
});

describe('our kernels of statistics over neighbours', () => {
  beforeAll(() => startBackend('wasm'));

  it.each([
    [5, 1, 'floored'],
    [15, 3, 'softened'],
    [64, 4, 'floored'],
  ] as const)(
    'give what the composed form gives: %i features, %i groups, %s',
    (features, groups, deviation) => {
      const changes = { groups, deviation };
      const own = valueAndGradients(op(changes), inputs(features));
      const composed = withComposedOps(() => valueAndGradients(op(changes), inputs(features)));
      expectClose(own.value, composed.value, 2e-6);
      for (const [k, gradient] of own.gradients.entries()) {
        expectClose(gradient, composed.gradients[k], 2e-5);
      }
    },
  );
});
