import type { BackendName } from '@litmatter/protocol';
import {
  getKernel,
  type KernelConfig,
  type KernelFunc,
  registerKernel,
  unregisterKernel,
} from '@tensorflow/tfjs-core';

/** Register a kernel, in the place of the one that its backend has by this name, if any: TensorFlow.js would keep that. */
export function replaceKernel(config: KernelConfig): void {
  const { kernelName, backendName } = config;
  if (getKernel(kernelName, backendName)) unregisterKernel(kernelName, backendName);
  registerKernel(config);
}

/**
 * A better kernel for one that a backend has.
 *
 * @param better - makes it, given the stock one for what it does not cover
 * @throws Error where the backend has none by this name: a slip in ours
 */
export function betterKernel(
  kernelName: string,
  backendName: BackendName,
  better: (stock: KernelFunc) => KernelFunc,
): KernelConfig {
  const stock = getKernel(kernelName, backendName);
  if (!stock) throw new Error(`The ${backendName} backend has no kernel ${kernelName}: is it registered?`);
  return { ...stock, kernelFunc: better(stock.kernelFunc) };
}
