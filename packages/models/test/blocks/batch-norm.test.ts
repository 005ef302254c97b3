import { type Tensor, type Tensor2D, tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../src/backend/node.ts';
import { addBatchNorm, addRunningMoments, batchNormRelu } from '../../src/blocks/batch-norm.ts';
import {
  BufferBuilder,
  initialiseParameters,
  LayoutBuilder,
  startBuffers,
} from '../../src/parameters/layout.ts';
import { views } from '../../src/parameters/views.ts';
import { expectClose, numbers } from '../support/gradients.ts';

const [rows, features] = [6, 3];
const layoutBuilder = new LayoutBuilder();
addBatchNorm(layoutBuilder, 'norm', features);
const layout = layoutBuilder.build();
const bufferBuilder = new BufferBuilder();
addRunningMoments(bufferBuilder, 'norm', features);
const buffers = bufferBuilder.build();
const start = startBuffers({ buffers }, { degreeHistogram: [1] });
const x = numbers([rows, features], 1).values;

function run(training: boolean, given = x) {
  const updates: Record<string, number[]> = {};
  const out = tidy(() =>
    batchNormRelu(
      views(tensor1d(initialiseParameters(layout, 1)), layout),
      'norm',
      tensor2d(given, [given.length / features, features]) as Tensor2D,
      {
        training,
        buffers: views(tensor1d(start), buffers),
        update: (name: string, value: Tensor) => {
          updates[name] = Array.from(value.dataSync());
        },
      },
    ).dataSync(),
  );
  return { out, updates };
}

describe('a BatchNorm', () => {
  beforeAll(() => startBackend('wasm'));

  it('starts as torch does: scale 1, shift 0, running mean 0 and variance 1, no batch seen', () => {
    expect([...initialiseParameters(layout, 1)]).toEqual([1, 1, 1, 0, 0, 0]);
    expect([...start]).toEqual([0, 0, 0, 1, 1, 1, 0]);
    expect(buffers.entries.map(({ name, shape, whole }) => [name, shape, whole])).toEqual([
      ['norm.running_mean', [3], undefined],
      ['norm.running_var', [3], undefined],
      ['norm.num_batches_tracked', [], true],
    ]);
  });

  it('mixes a tenth of the mean and of the unbiased variance of the batch into the running ones', () => {
    const { updates } = run(true);
    const column = (j: number) => Array.from({ length: rows }, (_, r) => x[r * features + j]);
    const means = [0, 1, 2].map((j) => column(j).reduce((a, b) => a + b) / rows);
    expectClose(
      updates['norm.running_mean'],
      means.map((m) => 0.1 * m),
      1e-6,
    );
    const unbiased = means.map((m, j) => column(j).reduce((sum, v) => sum + (v - m) ** 2, 0) / (rows - 1));
    expectClose(
      updates['norm.running_var'],
      unbiased.map((v) => 0.9 + 0.1 * v),
      1e-6,
    );
    expect(updates['norm.num_batches_tracked']).toEqual([1]);
  });

  it('normalises by the running moments where it does not train, and tells of no new ones', () => {
    const { out, updates } = run(false);
    expectClose(
      out,
      x.map((v) => Math.max(0, v / Math.sqrt(1 + 1e-5))),
      1e-6,
    );
    expect(updates).toEqual({});
  });

  it('of a single row is finite', () => {
    const { out, updates } = run(true, x.slice(0, features));
    expect([...out]).toEqual([0, 0, 0]);
    expect(updates['norm.running_var'].every(Number.isFinite)).toBe(true);
  });
});
