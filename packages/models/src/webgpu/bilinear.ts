import type { TensorInfo } from '@tensorflow/tfjs-core';
import { dense, denseGradients } from './dense.ts';
import { type GpuBackend, type GpuKernel, type Inputs, lanesFor, launchEach } from './kernel.ts';
import { rowReader, rowWriter, segmentOf } from './wgsl.ts';

/**
 * DimeNet's bilinear layer over triplets: the composed form is in ops/bilinear.ts. The squares of the atoms lie one after
 * the other, that of atom j at `squares[j]`: a row for each edge j -> i, a column for each edge k -> j.
 */

const quads = (width: number) => Math.ceil(width / 4);

/** s [Q, B]: the weights of all triplets, sum over l of Y_l g_l of the pair {k, j}. */
function tripletWeights(gpu: GpuBackend, { g, angular, start, squares, pair }: Inputs): TensorInfo {
  const [degrees, pairs, width] = g.shape;
  const [places] = angular.shape;
  const lanes = lanesFor(width);
  return launchEach(gpu, {
    key: 'triplet weights',
    inputs: { g: [g, lanes], angular: [angular, 1], edges: [start, 1], start: [squares, 1], pair: [pair, 1] },
    outputs: { s: [[places, width], lanes] },
    ints: { degrees, pairs, width, atoms: start.shape[0] - 1 },
    threads: places * quads(width),
    code: `${segmentOf}
${rowReader('readG', 'g', 'uniforms.width', lanes)}
${rowWriter('writeS', 'result', 'uniforms.width', lanes)}
fn main(index : i32) {
  let columns = (uniforms.width + 3) / 4;
  let place = index / columns;
  let quad = index % columns;
  let atom = segmentOf(place, uniforms.atoms);
  let d = max(1, edges[atom + 1] - edges[atom]);
  let p = pair[edges[atom] + (place - start[atom]) % d];
  var sum = vec4<f32>(0.0);
  for (var l = 0; l < uniforms.degrees; l++) {
    sum += angular[place * uniforms.degrees + l] * readG(l * uniforms.pairs + p, quad);
  }
  writeS(place, quad, sum);
}`,
  })[0];
}

/** [E, B F]: for each edge j -> i, the rows of the edges k -> j summed with its B weights of each. */
function sumsOver(gpu: GpuBackend, s: TensorInfo, { x, start, squares, reverse }: Inputs): TensorInfo {
  const [edges, features] = x.shape;
  const width = s.shape[1];
  const lanes = lanesFor(features);
  return launchEach(gpu, {
    key: `triplet sums ${width}`,
    inputs: { s: [s, 1], x: [x, lanes], start: [start, 1], squares: [squares, 1], reverse: [reverse, 1] },
    outputs: { sums: [[edges, width * features], lanes] },
    ints: { features, atoms: start.shape[0] - 1 },
    threads: edges * quads(features),
    code: `${segmentOf}
${rowReader('readX', 'x', 'uniforms.features', lanes)}
${rowWriter('writeSums', 'result', 'uniforms.features', lanes)}
fn main(index : i32) {
  let columns = (uniforms.features + 3) / 4;
  let edge = index / columns;
  let quad = index % columns;
  var sums : array<vec4<f32>, ${width}>;
  if (edge < start[uniforms.atoms]) {
    let row = reverse[edge];
    let atom = segmentOf(row, uniforms.atoms);
    let first = start[atom];
    let d = start[atom + 1] - first;
    let place = squares[atom] + (row - first) * d;
    for (var k = 0; k < d; k++) {
      let v = readX(first + k, quad);
      for (var b = 0; b < ${width}; b++) { sums[b] += s[(place + k) * ${width} + b] * v; }
    }
  }
  for (var b = 0; b < ${width}; b++) { writeSums(edge * ${width} + b, quad, sums[b]); }
}`,
  })[0];
}

const bilinear: GpuKernel = (gpu, inputs) => {
  const s = tripletWeights(gpu, inputs);
  const sums = sumsOver(gpu, s, inputs);
  const [y] = dense(gpu, { x: sums, weight: inputs.weight }, {}) as TensorInfo[];
  for (const { dataId } of [s, sums]) gpu.disposeData(dataId);
  return y;
};

/** From the gradient of the sums [E, B F], that of the rows dx [E, F] and that of the weights ds [Q, B]. */
function squareGradients(
  gpu: GpuBackend,
  s: TensorInfo,
  dsums: TensorInfo,
  { x, start, squares, reverse }: Inputs,
): TensorInfo[] {
  const [edges, features] = x.shape;
  const [places, width] = s.shape;
  const lanes = lanesFor(features);
  return launchEach(gpu, {
    key: `triplet gradients ${width}`,
    inputs: {
      s: [s, 1],
      x: [x, lanes],
      dsums: [dsums, lanes],
      start: [start, 1],
      squares: [squares, 1],
      reverse: [reverse, 1],
    },
    outputs: { dx: [x.shape, lanes], ds: [s.shape, 1] },
    ints: { features, atoms: start.shape[0] - 1, forX: edges * quads(features) },
    threads: edges * quads(features) + places,
    code: `
fn segmentAt(row : i32, ofSquares : bool) -> i32 {
  var low = 0;
  var high = uniforms.atoms;
  while (high - low > 1) {
    let middle = (low + high) / 2;
    let begin = select(start[middle], squares[middle], ofSquares);
    if (begin <= row) { low = middle; } else { high = middle; }
  }
  return low;
}
${rowReader('readX', 'x', 'uniforms.features', lanes)}
${rowReader('readSums', 'dsums', 'uniforms.features', lanes)}
${rowWriter('writeX', 'result', 'uniforms.features', lanes)}
fn rowGradient(edge : i32, quad : i32) {
  var sum = vec4<f32>(0.0);
  if (edge < start[uniforms.atoms]) {
    let atom = segmentAt(edge, false);
    let first = start[atom];
    let d = start[atom + 1] - first;
    for (var row = 0; row < d; row++) {
      let place = squares[atom] + row * d + edge - first;
      let out = reverse[first + row];
      for (var b = 0; b < ${width}; b++) { sum += s[place * ${width} + b] * readSums(out * ${width} + b, quad); }
    }
  }
  writeX(edge, quad, sum);
}
fn weightGradient(place : i32) {
  var sums : array<f32, ${width}>;
  if (place < squares[uniforms.atoms]) {
    let atom = segmentAt(place, true);
    let first = start[atom];
    let d = start[atom + 1] - first;
    let within = place - squares[atom];
    let out = reverse[first + within / d];
    for (var quad = 0; quad < (uniforms.features + 3) / 4; quad++) {
      let v = readX(first + within % d, quad);
      for (var b = 0; b < ${width}; b++) { sums[b] += dot(v, readSums(out * ${width} + b, quad)); }
    }
  }
  for (var b = 0; b < ${width}; b++) { ds[place * ${width} + b] = sums[b]; }
}
fn main(index : i32) {
  let columns = (uniforms.features + 3) / 4;
  if (index < uniforms.forX) { rowGradient(index / columns, index % columns); }
  else { weightGradient(index - uniforms.forX); }
}`,
  });
}

/** dg [L, P, B]: what the columns of a pair's two edges have of the weights' gradient, times the angular functions. */
function pairGradient(gpu: GpuBackend, ds: TensorInfo, inputs: Inputs): TensorInfo {
  const { g, angular, start, squares, pair, reverse } = inputs;
  const [degrees, pairs, width] = g.shape;
  const [edges] = reverse.shape;
  return launchEach(gpu, {
    key: `triplet pair gradient ${degrees}`,
    inputs: {
      ds: [ds, 1],
      angular: [angular, 1],
      start: [start, 1],
      squares: [squares, 1],
      pair: [pair, 1],
      reverse: [reverse, 1],
    },
    outputs: { dg: [g.shape, 1] },
    ints: { pairs, width, atoms: start.shape[0] - 1 },
    threads: edges * width,
    code: `${segmentOf}
fn main(index : i32) {
  let edge = index / uniforms.width;
  let b = index % uniforms.width;
  let there = edge < start[uniforms.atoms];
  // Of a pair's two edges the first does the work of both.
  if (there && edge > reverse[edge]) { return; }
  var sums : array<f32, ${degrees}>;
  for (var side = 0; side < select(0, 2, there); side++) {
    let column = select(edge, reverse[edge], side == 1);
    let atom = segmentOf(column, uniforms.atoms);
    let first = start[atom];
    let d = start[atom + 1] - first;
    for (var row = 0; row < d; row++) {
      let place = squares[atom] + row * d + column - first;
      let slope = ds[place * uniforms.width + b];
      for (var l = 0; l < ${degrees}; l++) { sums[l] += angular[place * ${degrees} + l] * slope; }
    }
  }
  for (var l = 0; l < ${degrees}; l++) {
    result[(l * uniforms.pairs + pair[edge]) * uniforms.width + b] = sums[l];
  }
}`,
  })[0];
}

const bilinearGradient: GpuKernel = (gpu, inputs) => {
  const { weight, dy } = inputs;
  const s = tripletWeights(gpu, inputs);
  // Made again rather than kept: 4 kB an edge and block.
  const sums = sumsOver(gpu, s, inputs);
  const product = { x: sums, weight, dy, activation: 'identity', bias: false, input: true } as const;
  const [dweight, dsums] = denseGradients(gpu, product);
  const [dx, ds] = squareGradients(gpu, s, dsums, inputs);
  const dg = pairGradient(gpu, ds, inputs);
  for (const { dataId } of [s, sums, dsums, ds]) gpu.disposeData(dataId);
  return [dx, dg, dweight];
};

export const bilinearKernels = { Bilinear: bilinear, BilinearGradient: bilinearGradient };
