import {
  engine,
  getKernel,
  type Tensor,
  type TensorInfo,
  tensor1d,
  unregisterKernel,
} from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { betterKernel, replaceKernel } from '../../src/backend/kernels.ts';
import { startBackend } from '../../src/backend/node.ts';

const kernelName = 'OfThisTest';

/** A kernel that gives one number, whatever it is given. */
function constant(value: number) {
  return { kernelName, backendName: 'cpu', kernelFunc: (): TensorInfo => tensor1d([value]) };
}

function run(): number[] {
  return Array.from((engine().runKernel(kernelName, {}) as Tensor).dataSync());
}

describe('kernels put in the place of others', () => {
  beforeAll(() => startBackend('cpu'));
  afterEach(() => {
    if (getKernel(kernelName, 'cpu')) unregisterKernel(kernelName, 'cpu');
  });

  it('a kernel is registered where there is none, and replaces the one that there is', () => {
    replaceKernel(constant(1));
    expect(run()).toEqual([1]);
    replaceKernel(constant(2));
    expect(run()).toEqual([2]);
  });

  it('a better kernel has the stock one to fall back on', () => {
    replaceKernel(constant(1));
    let better = true;
    replaceKernel(
      betterKernel(kernelName, 'cpu', (stock) => (call) => (better ? tensor1d([3]) : stock(call))),
    );
    expect(run()).toEqual([3]);
    better = false;
    expect(run()).toEqual([1]);
  });

  it('a better kernel of none is refused by name', () => {
    expect(() => betterKernel(kernelName, 'cpu', (stock) => stock)).toThrow(
      'The cpu backend has no kernel OfThisTest',
    );
  });
});
