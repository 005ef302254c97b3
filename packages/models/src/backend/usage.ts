import { backend, memory } from '@tensorflow/tfjs-core';

/** Bytes of tensors on the current backend. On WebGPU, of its buffers, those kept for reuse included. */
export function memoryInUse(): number {
  const { numBytes, numBytesAllocatedInGPU } = memory() as {
    numBytes: number;
    numBytesAllocatedInGPU?: number;
  };
  return numBytesAllocatedInGPU ?? numBytes;
}

/** Bytes that one buffer of the current backend may hold in a shader; null where a backend has no such limit. */
export function bufferLimit(): number | null {
  const { device } = backend() as { device?: GPUDevice };
  return device ? Math.min(device.limits.maxStorageBufferBindingSize, device.limits.maxBufferSize) : null;
}

/**
 * Hear of what a graphics device does outside any call: that it is lost, or that a buffer or a shader was refused, after
 * which results are wrong without an exception. Does nothing on other backends.
 *
 * @param hear - called with the browser's own words
 */
export function watchDevice(hear: (what: 'lost' | 'error', words: string) => void): void {
  const { device } = backend() as { device?: GPUDevice };
  if (!device) return;
  void device.lost.then(({ message }) => hear('lost', message));
  device.addEventListener('uncapturederror', ({ error }) => hear('error', error.message));
}
