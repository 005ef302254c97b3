import { hostname } from 'node:os';
import { describe, expect, test } from 'vitest';
import { checkDevice, cpuWords, deviceWords, idleGpuWords } from '../../../src/backend/tensorflow/device.ts';
import { parseGpus } from '../../../src/backend/tensorflow/nvidia.ts';
import { a100, v100 } from './fake-nvidia.ts';

const gpus = parseGpus(`${v100}\n${a100}`);
const verified = { host: hostname(), gpu: false, device: 'CPU', instructions: 'Intel AVX-512' };
const withCuda = { cuda: true, source: 'wheel', verified } as const;
const onCpu = { gpu: false, gpus, manifest: withCuda, asked: 'auto', ranksInProcess: 1 } as const;

describe('where TensorFlow computes', () => {
  test('on the CPU of a machine with a GPU is an error, which names the GPU and the mend', () => {
    expect(() => checkDevice(onCpu, {})).toThrow(/Tesla V100.*computes on the CPU.*driver 550.*--cuda/s);
    expect(() => checkDevice({ ...onCpu, manifest: { ...withCuda, cuda: false } }, {})).toThrow(
      /installed without CUDA.*litmatter backend install tensorflow --cuda/s,
    );
  });

  test('on the CPU is no error where the CPU was asked for, or where there is no GPU', () => {
    expect(() => checkDevice({ ...onCpu, asked: 'cpu' }, {})).not.toThrow();
    expect(() => checkDevice({ ...onCpu, gpus: [] }, {})).not.toThrow();
  });

  test('tells of a CUDA_VISIBLE_DEVICES that hides every GPU', () => {
    for (const none of ['', 'NoDevFiles']) {
      expect(() => checkDevice(onCpu, { CUDA_VISIBLE_DEVICES: none })).toThrow(
        /shows this process none.*--gpus-per-task=1/s,
      );
    }
  });

  test('on one GPU for several ranks of a process is an error while others stand idle', () => {
    const found = { ...onCpu, gpu: true, ranksInProcess: 2 };
    expect(() => checkDevice(found, {})).toThrow(/one GPU a process/);
    expect(() => checkDevice({ ...found, ranksInProcess: 1 }, {})).not.toThrow();
    expect(() => checkDevice(found, { CUDA_VISIBLE_DEVICES: '1' })).not.toThrow();
  });

  test('is said in words: the last GPU that is visible, or the CPU with its threads', () => {
    expect(deviceWords({ gpu: true, gpus, manifest: withCuda }, {})).toBe('NVIDIA A100-SXM4-80GB');
    expect(deviceWords({ gpu: true, gpus, manifest: withCuda }, { CUDA_VISIBLE_DEVICES: '1,0' })).toBe(
      'Tesla V100-SXM2-32GB',
    );
    expect(deviceWords({ gpu: false, gpus: [], manifest: withCuda }, { TF_NUM_INTRAOP_THREADS: '3' })).toBe(
      'CPU, 3 threads, oneDNN with Intel AVX-512',
    );
    const elsewhere = { ...withCuda, verified: { ...verified, host: 'another' } };
    expect(deviceWords({ gpu: false, gpus: [], manifest: elsewhere }, { TF_NUM_INTRAOP_THREADS: '1' })).toBe(
      'CPU, 1 thread',
    );
    expect(cpuWords(2, null)).toBe('CPU, 2 threads');
  });
});

describe('a GPU that stands idle because TensorFlow is not installed', () => {
  test('is named, with the command that mends it', () => {
    expect(idleGpuWords(gpus, 'auto', {})).toMatch(
      /GPU \(Tesla V100-SXM2-32GB, NVIDIA A100-SXM4-80GB\) that stands idle.*install tensorflow --cuda$/,
    );
  });

  test('is not told of where there is none to be seen, or the CPU was asked for', () => {
    expect(idleGpuWords([], 'auto', {})).toBeUndefined();
    expect(idleGpuWords(gpus, 'auto', { CUDA_VISIBLE_DEVICES: '' })).toBeUndefined();
    expect(idleGpuWords(gpus, 'cpu', {})).toBeUndefined();
  });
});
