import { getBackend } from '@tensorflow/tfjs-core';
import { replaceKernel } from '../backend/kernels.ts';
import { adamKernels } from './adam.ts';
import { attentionKernels } from './attention.ts';
import { bilinearKernels } from './bilinear.ts';
import { denseKernels } from './dense.ts';
import { errorKernels } from './errors.ts';
import { gateKernels } from './gates.ts';
import { gaussianKernels } from './gaussians.ts';
import { currentGpu, type GpuBackend, type GpuKernel, type Inputs } from './kernel.ts';
import { lstmKernels } from './lstm.ts';
import { neighbourSumKernels } from './neighbour-sum.ts';
import { normaliseKernels } from './normalise.ts';
import { roundBuffers } from './pool.ts';
import { radialKernels } from './radial.ts';
import { rowKernels } from './rows.ts';
import { scaleKernels } from './scales.ts';
import { segmentKernels } from './segments.ts';
import { statisticsKernels } from './statistics.ts';
import { replacements } from './stock.ts';

/** Every kernel of ours by name. A further op is a file beside these and a line here. */
const ours: Readonly<Record<string, GpuKernel>> = {
  ...adamKernels,
  ...attentionKernels,
  ...bilinearKernels,
  ...denseKernels,
  ...errorKernels,
  ...gateKernels,
  ...gaussianKernels,
  ...lstmKernels,
  ...neighbourSumKernels,
  ...normaliseKernels,
  ...radialKernels,
  ...rowKernels,
  ...scaleKernels,
  ...segmentKernels,
  ...statisticsKernels,
};

/** Their names. */
export const webgpuKernelNames: readonly string[] = Object.keys(ours);

let registered = false;

/** Register our kernels on the webgpu backend, which must be the current one, and have it round its buffers. */
export function registerWebgpuKernels(): void {
  if (getBackend() !== 'webgpu') throw new Error('the webgpu backend must be the current one');
  if (registered) return;
  registered = true;
  for (const [kernelName, run] of Object.entries(ours)) {
    replaceKernel({
      kernelName,
      backendName: 'webgpu',
      kernelFunc: ({ inputs, attrs, backend }) =>
        run(backend as unknown as GpuBackend, inputs as Inputs, attrs ?? {}),
    });
  }
  for (const config of replacements()) replaceKernel(config);
  roundBuffers(currentGpu());
}
