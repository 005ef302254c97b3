import { type GpuKernel, gpuType, lanesFor, launchEach } from './kernel.ts';
import { curves } from './wgsl.ts';

/** The gates of a GRU: the composed form is in ops/gru-gates.ts. x and h [N, 3 F] hold r, z and n side by side. */

/** What an invocation reads: the gates of one place, and n. */
const gatesHere = `
  let width = uniforms.width;
  let here = 3 * width * (index / width) + index % width;
  let r = sigmoidOf(x[here] + h[here]);
  let z = sigmoidOf(x[here + width] + h[here + width]);
  let hNew = h[here + 2 * width];
  let n = tanhOf(x[here + 2 * width] + r * hNew);`;

const gruGates: GpuKernel = (gpu, { x, h, state }) => {
  const [rows, features] = state.shape;
  const lanes = lanesFor(features);
  return launchEach(gpu, {
    key: 'gru gates',
    inputs: { x: [x, lanes], h: [h, lanes], state: [state, lanes] },
    outputs: { y: [state.shape, lanes] },
    ints: { width: features / lanes },
    threads: (rows * features) / lanes,
    code: `${curves(gpuType(lanes))}
fn main(index : i32) {
  ${gatesHere}
  result[index] = n + z * (state[index] - n);
}`,
  })[0];
};

const gruGatesGradient: GpuKernel = (gpu, { x, h, state, dy }) => {
  const [rows, features] = state.shape;
  const lanes = lanesFor(features);
  return launchEach(gpu, {
    key: 'gru gates gradient',
    inputs: { x: [x, lanes], h: [h, lanes], state: [state, lanes], dy: [dy, lanes] },
    outputs: { dx: [x.shape, lanes], dh: [h.shape, lanes], dstate: [state.shape, lanes] },
    ints: { width: features / lanes },
    threads: (rows * features) / lanes,
    code: `${curves(gpuType(lanes))}
fn main(index : i32) {
  ${gatesHere}
  let d = dy[index];
  let dNew = d * (1.0 - z) * (1.0 - n * n);
  let dr = dNew * hNew * r * (1.0 - r);
  let dz = d * (state[index] - n) * z * (1.0 - z);
  result[here] = dr;
  dh[here] = dr;
  result[here + width] = dz;
  dh[here + width] = dz;
  result[here + 2 * width] = dNew;
  dh[here + 2 * width] = dNew * r;
  dstate[index] = d * z;
}`,
  });
};

export const gateKernels = { GruGates: gruGates, GruGatesGradient: gruGatesGradient };
