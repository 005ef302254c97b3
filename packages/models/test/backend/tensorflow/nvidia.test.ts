import { describe, expect, test } from 'vitest';
import { gpuOfProcess, listGpus, parseGpus, visibleGpus } from '../../../src/backend/tensorflow/nvidia.ts';
import { a100, pathWithNvidia, v100 } from './fake-nvidia.ts';

const gpus = parseGpus(`${v100}\n${a100}\n`);

describe('the GPUs of a machine', () => {
  test('are those nvidia-smi lists', () => {
    expect(listGpus({ PATH: pathWithNvidia([v100, a100]) })).toEqual([
      { index: 0, uuid: 'GPU-5e0c2a11', name: 'Tesla V100-SXM2-32GB', driver: '550.54.15' },
      { index: 1, uuid: 'GPU-77aa01f3', name: 'NVIDIA A100-SXM4-80GB', driver: '550.54.15' },
    ]);
  });

  test('are none where nvidia-smi fails or is not there', () => {
    expect(listGpus({ PATH: pathWithNvidia() })).toEqual([]);
    expect(listGpus({ PATH: '/nowhere' })).toEqual([]);
  });

  test('that CUDA shows a process are those CUDA_VISIBLE_DEVICES names, in its order', () => {
    const names = (value?: string) =>
      visibleGpus(gpus, { CUDA_VISIBLE_DEVICES: value }).map(({ index }) => index);
    expect(visibleGpus(gpus, {})).toEqual(gpus);
    expect(names('1,0')).toEqual([1, 0]);
    expect(names('GPU-77')).toEqual([1]);
    expect(names('0,9,1')).toEqual([0]);
    for (const none of ['', '-1', 'NoDevFiles']) expect(names(none)).toEqual([]);
  });

  test('are dealt out to the processes of a machine, unless each has its own already', () => {
    expect([0, 1, 2].map((rank) => gpuOfProcess(rank, 3, gpus, {}))).toEqual([
      'GPU-5e0c2a11',
      'GPU-77aa01f3',
      'GPU-5e0c2a11',
    ]);
    expect(gpuOfProcess(1, 2, gpus, { CUDA_VISIBLE_DEVICES: '1' })).toBeUndefined();
    expect(gpuOfProcess(0, 1, gpus, {})).toBeUndefined();
    expect(gpuOfProcess(0, 2, [], {})).toBeUndefined();
  });
});
