import { backend, getBackend } from '@tensorflow/tfjs-core';
import { replaceKernel } from '../backend/kernels.ts';
import { bilinearKernels } from './bilinear.ts';
import { denseKernels } from './dense.ts';
import { gateKernels } from './gates.ts';
import { gaussianKernels } from './gaussians.ts';
import type { Inputs, WasmKernel } from './kernel.ts';
import { type WasmBackend, WasmKernels } from './kernels.ts';
import { neighbourSumKernels } from './neighbour-sum.ts';
import { normaliseKernels } from './normalise.ts';
import { radialKernels } from './radial.ts';
import { rowKernels } from './rows.ts';
import { scaleKernels } from './scales.ts';
import { segmentKernels } from './segments.ts';
import { statisticsKernels } from './statistics.ts';
import { replacements } from './stock.ts';

/** Every kernel of ours by name. A further op is a file beside these and a line here. */
const ours: Readonly<Record<string, WasmKernel>> = {
  ...bilinearKernels,
  ...denseKernels,
  ...gateKernels,
  ...gaussianKernels,
  ...neighbourSumKernels,
  ...normaliseKernels,
  ...radialKernels,
  ...rowKernels,
  ...scaleKernels,
  ...segmentKernels,
  ...statisticsKernels,
};

/** What multiplies on this host's wasm backend. */
export type WasmLevel = 'relaxed SIMD' | 'SIMD' | 'stock kernels';

let installedOn: unknown;
let level: WasmLevel = 'stock kernels';

/**
 * Register our kernels on the wasm backend, which must be the current one. Where the host has no SIMD, or the
 * backend's memory cannot be had, nothing is registered and every op uses its composed form.
 */
export async function registerWasmKernels(): Promise<WasmLevel> {
  if (getBackend() !== 'wasm') throw new Error('the wasm backend must be the current one');
  const current = backend() as WasmBackend;
  if (current === installedOn) return level;
  installedOn = current;
  level = 'stock kernels';
  const kernels = await WasmKernels.load(current);
  if (!kernels) return level;
  for (const [kernelName, run] of Object.entries(ours)) {
    replaceKernel({
      kernelName,
      backendName: 'wasm',
      kernelFunc: ({ inputs, attrs }) => run(kernels, inputs as Inputs, attrs ?? {}),
    });
  }
  for (const config of replacements(kernels)) replaceKernel(config);
  level = kernels.fused ? 'relaxed SIMD' : 'SIMD';
  return level;
}
