import { describe, expect, test } from 'vitest';
import { failReads, LostDeviceError } from '../../../src/backend/webgpu/failure.ts';
import type { GpuBackend } from '../../../src/webgpu/kernel.ts';

const buffer = {} as GPUBuffer;

/** A device that can be made to fail, and its backend's reads. */
function backend(read: () => Promise<ArrayBuffer> = async () => new ArrayBuffer(4)) {
  const lost = Promise.withResolvers<{ reason: string; message: string }>();
  const events = new EventTarget();
  const device = Object.assign(events, { lost: lost.promise }) as unknown as GPUDevice;
  const gpu: Pick<GpuBackend, 'device' | 'getBufferData'> = { device, getBufferData: read };
  failReads(gpu, 'Tesla V100');
  const refuse = (message: string) =>
    events.dispatchEvent(Object.assign(new Event('uncapturederror'), { error: { message } }));
  return { gpu, lose: lost.resolve, refuse };
}

describe('reading from a graphics device', () => {
  test('goes on as long as nothing is wrong', async () => {
    expect((await backend().gpu.getBufferData(buffer)).byteLength).toBe(4);
  });

  test('fails with a sentence once it has refused a call: what is read would be wrong', async () => {
    const { gpu, refuse } = backend();
    refuse('Buffer size (3) exceeds the limit\n - While calling X');
    await expect(gpu.getBufferData(buffer)).rejects.toThrow(
      'The graphics device (Tesla V100) refused a call: Buffer size (3) exceeds the limit.',
    );
  });

  test('says that it was lost, not how the read was broken off', async () => {
    const { gpu, lose } = backend(async () => {
      lose({ reason: 'unknown', message: 'VK_ERROR_DEVICE_LOST' });
      throw new Error('AbortError');
    });
    const failed = gpu.getBufferData(buffer);
    await expect(failed).rejects.toThrow(LostDeviceError);
    await expect(failed).rejects.toThrow(/\(Tesla V100\) was lost: VK_ERROR_DEVICE_LOST\./);
  });

  test('does not take a device that was let go of for one that was lost', async () => {
    const { gpu, lose } = backend();
    lose({ reason: 'destroyed', message: 'device was destroyed' });
    expect((await gpu.getBufferData(buffer)).byteLength).toBe(4);
  });
});
