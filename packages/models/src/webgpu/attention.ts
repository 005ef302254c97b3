import { type GpuKernel, gpuType, groupSize, lanesFor, launch } from './kernel.ts';

/** How the query of Set2Set reads the atoms: ops/set-step.ts says what it computes, blocks/set2set.ts has the composed form. */

/** Numbers of a vector added up; and a vector's first number. */
const sumOf = (lanes: number, v: string) => (lanes === 4 ? `dot(${v}, vec4<f32>(1.0))` : v);
const firstOf = (lanes: number, v: string) => (lanes === 4 ? `${v}.x` : v);

/** Of a workgroup: its molecule, the molecule's atoms, and where its query begins in the state. */
const moleculeHere = `
  let width = uniforms.width;
  let molecule = index / ${groupSize};
  let local = i32(localIndex);
  let first = start[molecule];
  let end = start[molecule + 1];
  let query = 2 * width * molecule;`;

/**
 * a = softmax over the molecule's atoms of x . q, r = sum of a x: the memory [M, 3 F] of q, r and c, and a [N]. A
 * workgroup a molecule; the scores stand where the attention will.
 */
const attend: GpuKernel = (gpu, { state, x, start }) => {
  const [atoms, features] = x.shape;
  const [molecules] = state.shape;
  const lanes = lanesFor(features);
  const type = gpuType(lanes);
  return launch(gpu, {
    key: 'attend',
    inputs: { state: [state, lanes], x: [x, lanes], start: [start, 1] },
    outputs: { memory: [[molecules, 3 * features], lanes], attention: [[atoms], 1] },
    ints: { width: features / lanes },
    threads: molecules * groupSize,
    code: `
fn main(index : i32) {
  ${moleculeHere}
  for (var a = first + local; a < end; a += ${groupSize}) {
    var score = ${type}(0.0);
    for (var k = 0; k < width; k++) { score += x[a * width + k] * state[query + k]; }
    attention[a] = ${sumOf(lanes, 'score')};
  }
  storageBarrier();
  var top = attention[first];
  for (var a = first; a < end; a++) { top = max(top, attention[a]); }
  var sum = 0.0;
  for (var a = first; a < end; a++) { sum += exp(attention[a] - top); }
  for (var k = local; k < width; k += ${groupSize}) {
    var read = ${type}(0.0);
    for (var a = first; a < end; a++) { read += x[a * width + k] * exp(attention[a] - top); }
    let to = 3 * width * molecule + k;
    result[to] = state[query + k];
    result[to + width] = read / sum;
    result[to + 2 * width] = state[query + width + k];
  }
  storageBarrier();
  for (var a = first + local; a < end; a += ${groupSize}) { attention[a] = exp(attention[a] - top) / sum; }
}`,
  });
};

/**
 * With da = dr . x and ds = a (da - sum of a da): dq = dq + sum of ds x, dc = dc, dx = a dr + ds q. Until a row of dx is
 * written, its first place holds da.
 */
const attendGradient: GpuKernel = (gpu, { state, x, start, attention, dnext }) => {
  const [molecules] = state.shape;
  const features = x.shape[1];
  const lanes = lanesFor(features);
  const type = gpuType(lanes);
  return launch(gpu, {
    key: 'attend gradient',
    inputs: {
      state: [state, lanes],
      x: [x, lanes],
      start: [start, 1],
      attention: [attention, 1],
      dnext: [dnext, lanes],
    },
    outputs: { dstate: [state.shape, lanes], dx: [x.shape, lanes] },
    ints: { width: features / lanes },
    threads: molecules * groupSize,
    code: `
fn main(index : i32) {
  ${moleculeHere}
  let next = 3 * width * molecule;
  for (var a = first + local; a < end; a += ${groupSize}) {
    var da = ${type}(0.0);
    for (var k = 0; k < width; k++) { da += x[a * width + k] * dnext[next + width + k]; }
    dx[a * width] = ${type}(${sumOf(lanes, 'da')});
  }
  storageBarrier();
  var mean = 0.0;
  for (var a = first; a < end; a++) { mean += attention[a] * ${firstOf(lanes, 'dx[a * width]')}; }
  for (var k = local; k < width; k += ${groupSize}) {
    var dq = dnext[next + k];
    for (var a = first; a < end; a++) {
      dq += x[a * width + k] * (attention[a] * (${firstOf(lanes, 'dx[a * width]')} - mean));
    }
    result[query + k] = dq;
    result[query + width + k] = dnext[next + 2 * width + k];
  }
  storageBarrier();
  for (var a = first + local; a < end; a += ${groupSize}) {
    let ds = attention[a] * (${firstOf(lanes, 'dx[a * width]')} - mean);
    for (var k = 0; k < width; k++) {
      dx[a * width + k] = dnext[next + width + k] * attention[a] + state[query + k] * ds;
    }
  }
}`,
  });
};

export const attentionKernels = { Attend: attend, AttendGradient: attendGradient };
