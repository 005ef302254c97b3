import { add, backend, clipByValue, mul, reshape, tensor1d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../src/backend/node.ts';
import { countKernels } from '../src/count.ts';
import { activate } from '../src/ops/activation.ts';
import { withComposedOps } from '../src/ops/op.ts';
import { isAvailable } from './support/backends.ts';

describe('counting kernels', () => {
  beforeAll(() => startBackend('wasm'));

  it('counts what is run, and not what only changes a shape', async () => {
    const { launches, byName } = await countKernels(() =>
      tidy(() => {
        reshape(add(mul(tensor1d([1, 2]), 2), 1), [2, 1]);
      }),
    );
    expect(byName).toEqual({ Multiply: 1, Add: 1 });
    expect(launches).toBe(2);
  });

  it('counts one kernel of ours for several composed ones', async () => {
    const run = () =>
      tidy(() => {
        activate(tensor1d([1, 2]), 'ssp');
      });
    expect((await countKernels(run)).byName).toEqual({ Activate: 1 });
    expect((await countKernels(() => withComposedOps(run))).byName).toEqual({ Softplus: 1, Sub: 1 });
  });
});

describe('counting on TensorFlow', () => {
  const works = it.skipIf(!isAvailable('tensorflow'));
  beforeAll(async () => {
    if (isAvailable('tensorflow')) await startBackend('tensorflow');
  });

  works(
    'counts what TensorFlow runs: an activation of ours is two of its ops, another shape is none',
    async () => {
      const { launches, byName } = await countKernels(() =>
        tidy(() => {
          reshape(activate(tensor1d([1, 2]), 'ssp'), [2, 1]);
        }),
      );
      expect(launches).toBe(2);
      expect(byName).toEqual({ Softplus: 1, Sub: 1 });
    },
  );

  works('counts every op of a kernel that is made of several', async () => {
    const { launches, byName } = await countKernels(() =>
      tidy(() => {
        clipByValue(tensor1d([1, 2, 3]), 1.5, 2.5);
      }),
    );
    // By name, the kernel and the two it calls; launched are the two.
    expect(byName).toEqual({ ClipByValue: 1, Maximum: 1, Minimum: 1 });
    expect(launches).toBe(2);
  });

  works('counts nothing more once it has counted, nor where what is counted fails', async () => {
    const failing = () => {
      throw new Error('no more of this');
    };
    await expect(countKernels(failing)).rejects.toThrow('no more of this');
    const { launches } = await countKernels(() => {
      tidy(() => {
        add(tensor1d([1]), 1);
      });
    });
    expect(launches).toBe(1);
    expect(Object.hasOwn(backend(), 'executeSingleOutput')).toBe(false);
  });
});
