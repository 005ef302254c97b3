import { type GpuKernel, gpuType, lanesFor, launchEach } from './kernel.ts';

/** Gather, product with the filter and sum over the neighbours in one program: the composed form is in ops/neighbour-sum.ts. */

const neighbourSum: GpuKernel = (gpu, { x, filter, scale, source, pair, start }) => {
  const [atoms, features] = x.shape;
  const lanes = lanesFor(features);
  return launchEach(gpu, {
    key: 'neighbour sum',
    inputs: {
      x: [x, lanes],
      filters: [filter, lanes],
      scale: [scale, 1],
      source: [source, 1],
      pair: [pair, 1],
      start: [start, 1],
    },
    outputs: { y: [x.shape, lanes] },
    ints: { width: features / lanes },
    threads: (atoms * features) / lanes,
    code: `
fn main(index : i32) {
  let width = uniforms.width;
  let atom = index / width;
  let at = index % width;
  var sum = ${gpuType(lanes)}(0.0);
  for (var e = start[atom]; e < start[atom + 1]; e++) {
    let p = pair[e];
    sum += x[source[e] * width + at] * (filters[p * width + at] * scale[p]);
  }
  result[index] = sum;
}`,
  })[0];
};

/** dfilter_p = scale_p (x_j * dy_i + x_i * dy_j) */
const neighbourSumFilterGradient: GpuKernel = (gpu, { x, dy, scale, atoms }) => {
  const [pairs] = atoms.shape;
  const features = x.shape[1];
  const lanes = lanesFor(features);
  return launchEach(gpu, {
    key: 'neighbour sum, filter gradient',
    inputs: { x: [x, lanes], dy: [dy, lanes], scale: [scale, 1], ends: [atoms, 1] },
    outputs: { dfilter: [[pairs, features], lanes] },
    ints: { width: features / lanes },
    threads: (pairs * features) / lanes,
    code: `
fn main(index : i32) {
  let width = uniforms.width;
  let p = index / width;
  let at = index % width;
  let i = ends[2 * p] * width + at;
  let j = ends[2 * p + 1] * width + at;
  result[index] = (x[j] * dy[i] + x[i] * dy[j]) * scale[p];
}`,
  })[0];
};

export const neighbourSumKernels = {
  NeighbourSum: neighbourSum,
  NeighbourSumFilterGradient: neighbourSumFilterGradient,
};
