import {
  gather,
  getKernel,
  getKernelsForBackend,
  memory,
  scalar,
  sum,
  type Tensor,
  type Tensor2D,
  tensor1d,
  tensor2d,
  tidy,
} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../src/backend/node.ts';
import { runKernel } from '../../src/ops/op.ts';
import { registerTensorflowKernels } from '../../src/tensorflow/register.ts';
import { isAvailable } from '../support/backends.ts';
import { expectClose, numbers } from '../support/gradients.ts';

const works = it.skipIf(!isAvailable('tensorflow'));

describe('our kernels on TensorFlow', () => {
  beforeAll(async () => {
    if (isAvailable('tensorflow')) await startBackend('tensorflow');
  });

  works('are registered once, however often the backend is started', async () => {
    const kernels = () => getKernelsForBackend('tensorflow').map(({ kernelName }) => kernelName);
    const [before, product] = [kernels(), getKernel('BatchMatMul', 'tensorflow')];
    await startBackend('tensorflow');
    expect(kernels()).toEqual(before);
    expect(getKernel('BatchMatMul', 'tensorflow')).toBe(product);
  });

  works('sums of segments are sums of the rows named, and zero where none is', () => {
    const given = fc.record({
      rows: fc.integer({ min: 1, max: 12 }),
      uses: fc.array(fc.tuple(fc.nat(11), fc.nat(8)), { minLength: 1, maxLength: 40 }),
    });
    fc.assert(
      fc.property(given, ({ rows, uses }) => {
        const sorted = uses.map(([row, segment]) => [row % rows, segment]).sort(([, s], [, t]) => s - t);
        const x = numbers([rows, 3], 1).values;
        const wanted = new Float64Array(9 * 3);
        for (const [row, segment] of sorted) {
          for (let f = 0; f < 3; f++) wanted[3 * segment + f] += x[3 * row + f];
        }
        const before = memory().numTensors;
        const sums = tidy(() =>
          runKernel<Tensor>('SegmentSums', {
            x: tensor2d(x, [rows, 3]),
            index: tensor1d(
              sorted.map(([row]) => row),
              'int32',
            ),
            segment: tensor1d(
              sorted.map(([, segment]) => segment),
              'int32',
            ),
            segments: scalar(9, 'int32'),
          }),
        );
        expect(sums.shape).toEqual([9, 3]);
        expectClose(sums.dataSync(), wanted, 1e-5);
        sums.dispose();
        expect(memory().numTensors).toBe(before);
      }),
      { numRuns: 30 },
    );
  });

  works('sums of segments are those of gathered rows', () => {
    const [x, index] = [tensor2d(numbers([5, 4], 2).values, [5, 4]), tensor1d([4, 0, 3], 'int32')];
    const segments = scalar(1, 'int32');
    const all = runKernel<Tensor>('SegmentSums', {
      x,
      index,
      segment: tensor1d([0, 0, 0], 'int32'),
      segments,
    });
    expectClose(all.dataSync(), sum(gather(x as Tensor2D, index), 0).dataSync(), 1e-6);
  });

  works('are refused while another backend is the current one', async () => {
    await startBackend('cpu');
    try {
      expect(registerTensorflowKernels).toThrow('tensorflow backend must be the current one');
    } finally {
      await startBackend('tensorflow');
    }
  });
});
