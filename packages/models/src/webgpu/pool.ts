import type { GpuBackend } from './kernel.ts';

/**
 * Buffers of few sizes. TensorFlow.js keeps the buffers of disposed tensors for others of exactly the same size, and a
 * batch of molecules has almost never the sizes of another: what it keeps would grow with every step, without end.
 * Rounded up to four sizes an octave, a fifth of a buffer is left over at most, and soon every size is there.
 */

/** Whoever reads a tensor must get as many bytes as it has: those a buffer was asked for with. */
const asked = new WeakMap<GPUBuffer, number>();

/** The next of 4, 8, 12, 16, 20, 24, 28, 32, 40, 48, 56, 64, 80 ... bytes. */
export function roundedBytes(bytes: number): number {
  const step = Math.max(4, 2 ** (Math.floor(Math.log2(Math.max(1, bytes))) - 2));
  return Math.ceil(bytes / step) * step;
}

/** Have a backend round its buffers. What would then be more than a shader may bind stays as it is. */
export function roundBuffers(gpu: GpuBackend): void {
  const { bufferManager, device } = gpu;
  const most = Math.min(device.limits.maxStorageBufferBindingSize, device.limits.maxBufferSize);
  const acquire = bufferManager.acquireBuffer.bind(bufferManager);
  bufferManager.acquireBuffer = (size, usage, ...rest) => {
    const rounded = roundedBytes(size);
    const buffer = acquire(rounded > most ? size : rounded, usage, ...rest);
    asked.set(buffer, size);
    return buffer;
  };
  const read = gpu.getBufferData.bind(gpu);
  gpu.getBufferData = async (buffer) => {
    const bytes = asked.get(buffer) ?? buffer.size;
    const data = await read(buffer);
    return data.slice(0, bytes);
  };
}
