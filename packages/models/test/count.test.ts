import { add, mul, reshape, tensor1d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../src/backend/node.ts';
import { countKernels } from '../src/count.ts';
import { activate } from '../src/ops/activation.ts';
import { withComposedOps } from '../src/ops/op.ts';

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
