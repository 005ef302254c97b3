import { LackingError } from '@litmatter/protocol';
import { describe, expect, test } from 'vitest';
import { gpuIn, instructionsIn, probeTensorflow, warningsIn } from '../../src/tensorflow/probe.ts';
import { temporaryFolder } from '../backends/machine.ts';

const cpuLog = `
I0000 00:00:1795414893.631522   31263 port.cc:153] oneDNN custom operations are on.
onednn_verbose,v1,info,oneDNN v3.7.3 (commit N/A)
onednn_verbose,v1,info,cpu,isa:Intel AVX-512 with Intel DL Boost and bfloat16 support
`;

// Lines of TensorFlow 2.9 and of 2.2x.
const gpuLog = `
2026-05-01 10:00:00.123456: I tensorflow/core/common_runtime/gpu/gpu_device.cc:1532] Created device /job:localhost/replica:0/task:0/device:GPU:0 with 30970 MB memory:  -> device: 0, name: Tesla V100-SXM2-32GB, pci bus id: 0000:15:00.0, compute capability: 7.0
I0000 00:00:1714553999.1 77 gpu_device.cc:2019] Created device /job:localhost/replica:0/task:0/device:GPU:1 with 30970 MB memory:  -> device: 1, name: NVIDIA A100-SXM4-80GB, pci bus id: 0000:16:00.0, compute capability: 8.0
2026-05-01 10:00:00.2: W tensorflow/core/common_runtime/gpu/gpu_device.cc:1850] Cannot dlopen some GPU libraries. Skipping registering GPU devices...
W0000 00:00:1714553999.2 77 gpu_device.cc:2341] Cannot dlopen some GPU libraries.
`;

describe("TensorFlow's log", () => {
  test('says the instructions of the CPU', () => {
    expect(instructionsIn(cpuLog)).toBe('Intel AVX-512');
    expect(instructionsIn('')).toBeNull();
  });

  test('says the GPU that computes, which is the last', () => {
    expect(gpuIn(gpuLog)).toBe('NVIDIA A100-SXM4-80GB');
    expect(gpuIn(cpuLog)).toBeUndefined();
  });

  test('says what went wrong', () => {
    expect(warningsIn(gpuLog)).toEqual([
      'Cannot dlopen some GPU libraries. Skipping registering GPU devices...',
      'Cannot dlopen some GPU libraries.',
    ]);
    expect(warningsIn(cpuLog)).toEqual([]);
  });
});

test('a probe of a folder without an installation says what installs it', async () => {
  const probing = probeTensorflow(temporaryFolder(), { threads: 1 });
  await expect(probing).rejects.toThrow(LackingError);
  await expect(probing).rejects.toThrow(/not installed in .*litmatter backend install tensorflow/);
});
