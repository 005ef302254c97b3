import { output, type WasmKernel } from './kernel.ts';

const gaussians: WasmKernel = (kernels, { distance, centres }, { coefficient }) => {
  const [count] = distance.shape;
  const [width] = centres.shape;
  const out = output(kernels, [count, width]);
  const [distanceAt, centresAt, outAt] = [distance, centres, out].map((tensor) => kernels.address(tensor));
  kernels.run.gaussians(distanceAt, centresAt, Number(coefficient), outAt, count, width);
  return out;
};

export const gaussianKernels = { Gaussians: gaussians };
