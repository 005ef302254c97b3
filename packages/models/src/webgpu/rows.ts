import { type GpuKernel, gpuType, lanesFor, launchEach } from './kernel.ts';

/**
 * Weighted sums of rows: the composed form is in ops/rows.ts. There is none that scatters, for WebGPU has no atomic
 * additions of floats: the gradient is the transposed table by the same program.
 */
const combineRows: GpuKernel = (gpu, { x, index, weight }) => {
  const [rows, terms] = index.shape;
  const features = x.shape[1];
  const lanes = lanesFor(features);
  return launchEach(gpu, {
    key: 'combine rows',
    inputs: { x: [x, lanes], places: [index, 1], weight: [weight, 1] },
    outputs: { y: [[rows, features], lanes] },
    ints: { width: features / lanes, terms },
    threads: (rows * features) / lanes,
    code: `
fn main(index : i32) {
  let first = (index / uniforms.width) * uniforms.terms;
  let at = index % uniforms.width;
  var sum = ${gpuType(lanes)}(0.0);
  for (var k = first; k < first + uniforms.terms; k++) {
    sum += x[places[k] * uniforms.width + at] * weight[k];
  }
  result[index] = sum;
}`,
  })[0];
};

export const rowKernels = { CombineRows: combineRows };
