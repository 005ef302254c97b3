import { type GpuKernel, gpuType, lanesFor, launchEach } from './kernel.ts';
import { curves } from './wgsl.ts';

/** The LSTM of Set2Set: ops/set-step.ts says what it computes, blocks/set2set.ts has the composed form. */

/** What an invocation reads of one place of the LSTM: its gates i, f, g, o, the cell before and the cell after. */
const cellHere = `
  let width = uniforms.width;
  let row = index / width;
  let at = index % width;
  let gate = 4 * width * row + at;
  let i = sigmoidOf(gates[gate]);
  let f = sigmoidOf(gates[gate + width]);
  let g = tanhOf(gates[gate + 2 * width]);
  let o = sigmoidOf(gates[gate + 3 * width]);
  let before = memory[3 * width * row + 2 * width + at];
  let cell = f * before + i * g;`;

/** [M, 2 F] q = o * tanh(c) and c = f * c_before + i * g */
const lstmCell: GpuKernel = (gpu, { gates, memory }) => {
  const rows = gates.shape[0];
  const features = gates.shape[1] / 4;
  const lanes = lanesFor(features);
  return launchEach(gpu, {
    key: 'lstm cell',
    inputs: { gates: [gates, lanes], memory: [memory, lanes] },
    outputs: { state: [[rows, 2 * features], lanes] },
    ints: { width: features / lanes },
    threads: (rows * features) / lanes,
    code: `${curves(gpuType(lanes))}
fn main(index : i32) {
  ${cellHere}
  result[2 * width * row + at] = o * tanhOf(cell);
  result[2 * width * row + width + at] = cell;
}`,
  })[0];
};

const lstmCellGradient: GpuKernel = (gpu, { gates, memory, dstate }) => {
  const rows = gates.shape[0];
  const features = gates.shape[1] / 4;
  const lanes = lanesFor(features);
  const zero = `${gpuType(lanes)}(0.0)`;
  return launchEach(gpu, {
    key: 'lstm cell gradient',
    inputs: { gates: [gates, lanes], memory: [memory, lanes], dstate: [dstate, lanes] },
    outputs: { dgates: [gates.shape, lanes], dmemory: [memory.shape, lanes] },
    ints: { width: features / lanes },
    threads: (rows * features) / lanes,
    code: `${curves(gpuType(lanes))}
fn main(index : i32) {
  ${cellHere}
  let t = tanhOf(cell);
  let dq = dstate[2 * width * row + at];
  let dcell = dstate[2 * width * row + width + at] + dq * o * (1.0 - t * t);
  result[gate] = dcell * g * i * (1.0 - i);
  result[gate + width] = dcell * before * f * (1.0 - f);
  result[gate + 2 * width] = dcell * i * (1.0 - g * g);
  result[gate + 3 * width] = dq * t * o * (1.0 - o);
  dmemory[3 * width * row + at] = ${zero};
  dmemory[3 * width * row + width + at] = ${zero};
  dmemory[3 * width * row + 2 * width + at] = dcell * f;
}`,
  });
};

const memoryWeight: GpuKernel = (gpu, { input, recurrent }) => {
  const [rows, features] = recurrent.shape;
  const lanes = lanesFor(features);
  return launchEach(gpu, {
    key: 'memory weight',
    inputs: { given: [input, lanes], recurrent: [recurrent, lanes] },
    outputs: { weight: [[rows, 3 * features], lanes] },
    ints: { width: features / lanes },
    threads: (rows * features) / lanes,
    code: `
fn main(index : i32) {
  let width = uniforms.width;
  let source = 2 * width * (index / width) + index % width;
  let to = 3 * width * (index / width) + index % width;
  result[to] = given[source] + recurrent[index];
  result[to + width] = given[source + width];
  result[to + 2 * width] = ${gpuType(lanes)}(0.0);
}`,
  })[0];
};

const memoryWeightGradient: GpuKernel = (gpu, { dweight }) => {
  const rows = dweight.shape[0];
  const features = dweight.shape[1] / 3;
  const lanes = lanesFor(features);
  return launchEach(gpu, {
    key: 'memory weight gradient',
    inputs: { dweight: [dweight, lanes] },
    outputs: { dinput: [[rows, 2 * features], lanes], drecurrent: [[rows, features], lanes] },
    ints: { width: features / lanes },
    threads: (rows * features) / lanes,
    code: `
fn main(index : i32) {
  let width = uniforms.width;
  let source = 3 * width * (index / width) + index % width;
  let to = 2 * width * (index / width) + index % width;
  result[to] = dweight[source];
  result[to + width] = dweight[source + width];
  drecurrent[index] = dweight[source];
}`,
  });
};

export const lstmKernels = {
  LstmCell: lstmCell,
  LstmCellGradient: lstmCellGradient,
  MemoryWeight: memoryWeight,
  MemoryWeightGradient: memoryWeightGradient,
};
