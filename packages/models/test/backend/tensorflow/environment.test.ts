import { LackingError } from '@litmatter/protocol';
import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  askedDevice,
  prepareTensorflow,
  tensorflowEnvironment,
} from '../../../src/backend/tensorflow/environment.ts';

afterEach(() => vi.unstubAllEnvs());

describe('the environment of TensorFlow', () => {
  test('gives ranks of one thread no pool, and ranks of more a pool that serves them all', () => {
    const pool = (threadsPerRank: number, ranksInProcess: number) =>
      tensorflowEnvironment({ threadsPerRank, ranksInProcess }, {}).TF_NUM_INTRAOP_THREADS;
    expect(pool(1, 1)).toBe('1');
    expect(pool(1, 4)).toBe('1');
    expect(pool(4, 1)).toBe('4');
    expect(pool(2, 3)).toBe('6');
  });

  test('hides the GPUs only where the CPU was asked for', () => {
    const share = { threadsPerRank: 1 };
    expect(tensorflowEnvironment(share, {})).not.toHaveProperty('CUDA_VISIBLE_DEVICES');
    expect(tensorflowEnvironment(share, { LITMATTER_TENSORFLOW_DEVICE: 'cpu' }).CUDA_VISIBLE_DEVICES).toBe(
      '-1',
    );
  });

  test('leaves alone what the person has set', () => {
    vi.stubEnv('TF_NUM_INTRAOP_THREADS', '7');
    vi.stubEnv('TF_NUM_INTEROP_THREADS', undefined);
    prepareTensorflow({ threadsPerRank: 2, ranksInProcess: 2 });
    expect(process.env.TF_NUM_INTRAOP_THREADS).toBe('7');
    expect(process.env.TF_NUM_INTEROP_THREADS).toBe('1');
  });

  test('takes only words it knows for the device', () => {
    expect(askedDevice({})).toBe('auto');
    expect(askedDevice({ LITMATTER_TENSORFLOW_DEVICE: 'gpu' })).toBe('auto');
    expect(askedDevice({ LITMATTER_TENSORFLOW_DEVICE: 'cpu' })).toBe('cpu');
    expect(() => askedDevice({ LITMATTER_TENSORFLOW_DEVICE: 'tpu' })).toThrow(LackingError);
  });
});
