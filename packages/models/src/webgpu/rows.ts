import { type GpuKernel, gpuType, lanesFor, launchEach } from './kernel.ts';

/**
 * Weighted sums of rows: the composed form is in ops/rows.ts. There is none that scatters, for WebGPU has no atomic
 * additions of floats: the gradient is the transposed table by the same program. Of several x, one below the other, each
 * is summed by the same table.
 */
const combineRows: GpuKernel = (gpu, { x, index, weight }, attributes) => {
  const groups = Number(attributes.groups ?? 1);
  const [rows, terms] = index.shape;
  const [sources, features] = [x.shape[0] / groups, x.shape[1]];
  const lanes = lanesFor(features);
  return launchEach(gpu, {
    key: 'combine rows',
    inputs: { x: [x, lanes], places: [index, 1], weight: [weight, 1] },
    outputs: { y: [[groups * rows, features], lanes] },
    ints: { width: features / lanes, terms, rows, sources },
    threads: (groups * rows * features) / lanes,
    code: `
fn main(index : i32) {
  let row = index / uniforms.width;
  let first = (row % uniforms.rows) * uniforms.terms;
  let above = (row / uniforms.rows) * uniforms.sources;
  let at = index % uniforms.width;
  var sum = ${gpuType(lanes)}(0.0);
  for (var k = first; k < first + uniforms.terms; k++) {
    sum += x[(above + places[k]) * uniforms.width + at] * weight[k];
  }
  result[index] = sum;
}`,
  })[0];
};

export const rowKernels = { CombineRows: combineRows, CombineRowsOfEach: combineRows };
