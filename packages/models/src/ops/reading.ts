import { getBackend } from '@tensorflow/tfjs-core';

/** Whether `dataSync` works on the current backend: what a browser's GPU computes can only be waited for. */
export function readsAtOnce(): boolean {
  return getBackend() !== 'webgpu';
}
