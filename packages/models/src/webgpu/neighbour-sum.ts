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

/**
 * dx, the same sum over dy, and dfilter_p = scale_p (x_j * dy_i + x_i * dy_j) in one launch.
 *
 * The graph is one list, for a program binds eight buffers at most: the source of each edge, its pair, where the edges
 * of each atom begin and, behind the last, end, and the two atoms of each pair.
 */
const neighbourSumGradient: GpuKernel = (gpu, { x, filter, dy, scale, graph }) => {
  const [atoms, features] = x.shape;
  const [pairs] = filter.shape;
  const lanes = lanesFor(features);
  const edges = (graph.shape[0] - (atoms + 1) - 2 * pairs) / 2;
  return launchEach(gpu, {
    key: 'neighbour sum gradient',
    inputs: {
      x: [x, lanes],
      filters: [filter, lanes],
      dy: [dy, lanes],
      scale: [scale, 1],
      graph: [graph, 1],
    },
    outputs: { dx: [x.shape, lanes], dfilter: [filter.shape, lanes] },
    ints: { width: features / lanes, edges, start: 2 * edges, ends: 2 * edges + atoms + 1, atoms },
    threads: ((atoms + pairs) * features) / lanes,
    code: `
fn main(index : i32) {
  let width = uniforms.width;
  let row = index / width;
  let at = index % width;
  if (row < uniforms.atoms) {
    var sum = ${gpuType(lanes)}(0.0);
    for (var e = graph[uniforms.start + row]; e < graph[uniforms.start + row + 1]; e++) {
      let p = graph[uniforms.edges + e];
      sum += dy[graph[e] * width + at] * (filters[p * width + at] * scale[p]);
    }
    result[index] = sum;
  } else {
    let p = row - uniforms.atoms;
    let i = graph[uniforms.ends + 2 * p] * width + at;
    let j = graph[uniforms.ends + 2 * p + 1] * width + at;
    dfilter[p * width + at] = (x[j] * dy[i] + x[i] * dy[j]) * scale[p];
  }
}`,
  });
};

export const neighbourSumKernels = {
  NeighbourSum: neighbourSum,
  NeighbourSumGradient: neighbourSumGradient,
};
