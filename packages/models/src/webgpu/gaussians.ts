import { type GpuKernel, launchEach } from './kernel.ts';

/** The radial basis: the composed form is in ops/gaussians.ts. */
const gaussians: GpuKernel = (gpu, { distance, centres }, { coefficient }) => {
  const [count] = distance.shape;
  const [width] = centres.shape;
  return launchEach(gpu, {
    key: 'gaussians',
    inputs: { distance: [distance, 1], centres: [centres, 1] },
    outputs: { y: [[count, width], 1] },
    ints: { width },
    floats: { coefficient: Number(coefficient) },
    threads: count * width,
    code: `
fn main(index : i32) {
  let offset = distance[index / uniforms.width] - centres[index % uniforms.width];
  result[index] = exp(uniforms.coefficient * offset * offset);
}`,
  })[0];
};

export const gaussianKernels = { Gaussians: gaussians };
