import { type GpuKernel, launchEach } from './kernel.ts';

/** Sums of scaled terms: the composed form is in ops/sum-scaled.ts. y [G, N, O S] and scales [N, S] -> [N, G O] */
const sumScaled: GpuKernel = (gpu, { y, scales }) => {
  const [groups, rows, columns] = y.shape;
  const terms = scales.shape[1];
  const width = columns / terms;
  return launchEach(gpu, {
    key: 'sum scaled',
    inputs: { y: [y, 1], scales: [scales, 1] },
    outputs: { sums: [[rows, groups * width], 1] },
    ints: { rows, width, terms, columns: groups * width },
    threads: rows * groups * width,
    code: `
fn main(index : i32) {
  let row = index / uniforms.columns;
  let column = index % uniforms.columns;
  let first = (((column / uniforms.width) * uniforms.rows + row) * uniforms.width + column % uniforms.width) * uniforms.terms;
  var sum = 0.0;
  for (var s = 0; s < uniforms.terms; s++) { sum += y[first + s] * scales[row * uniforms.terms + s]; }
  result[index] = sum;
}`,
  })[0];
};

const sumScaledGradient: GpuKernel = (gpu, { dout, scales }, attributes) => {
  const groups = Number(attributes.groups);
  const [rows, columns] = dout.shape;
  const terms = scales.shape[1];
  const width = columns / groups;
  return launchEach(gpu, {
    key: 'sum scaled gradient',
    inputs: { dout: [dout, 1], scales: [scales, 1] },
    outputs: { dy: [[groups, rows, width * terms], 1] },
    ints: { rows, width, terms, columns },
    threads: rows * columns * terms,
    code: `
fn main(index : i32) {
  let place = index / uniforms.terms;
  let row = (place / uniforms.width) % uniforms.rows;
  let column = (place / uniforms.width / uniforms.rows) * uniforms.width + place % uniforms.width;
  result[index] = dout[row * uniforms.columns + column] * scales[row * uniforms.terms + index % uniforms.terms];
}`,
  })[0];
};

export const scaleKernels = { SumScaled: sumScaled, SumScaledGradient: sumScaledGradient };
