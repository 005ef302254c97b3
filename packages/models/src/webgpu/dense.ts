import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type Activation, activationCode } from '../ops/activation.ts';
import {
  type GpuBackend,
  type GpuKernel,
  gpuType,
  groupSize,
  lanesFor,
  launch,
  launchEach,
} from './kernel.ts';
import { activated, activationOf, curves, each, rowReader, rowWriter, slopeAt } from './wgsl.ts';

/**
 * Dense layers with their activation: the composed form is in ops/dense.ts. An invocation makes a block of 4 rows by 4
 * columns from rows it reads itself: without a workgroup's memory and its barriers, which cost more than they spare on
 * small products and on every software adapter.
 */

const quads = (width: number) => Math.ceil(width / 4);

/**
 * y [R, out] = f(x W^T + b), and x W^T + b itself where f is swish, whose derivative needs it. With a base [R, out] that
 * is added before f.
 */
export const dense: GpuKernel = (gpu, { x, weight, bias, base }, attributes) => {
  const activation = activationOf(attributes.activation);
  const [rows, fanIn] = x.shape;
  const [fanOut] = weight.shape;
  const [inLanes, outLanes] = [lanesFor(fanIn), lanesFor(fanOut)];
  const keeps = attributes.activation === activationCode.swish;
  const before = 'vec4<f32>';
  return launchEach(gpu, {
    key: `dense ${activation} ${bias ? 'bias' : ''} ${base ? 'base' : ''}`,
    inputs: {
      x: [x, inLanes],
      weight: [weight, inLanes],
      ...(bias && { bias: [bias, outLanes] as const }),
      ...(base && { base: [base, outLanes] as const }),
    },
    outputs: {
      y: [[rows, fanOut], outLanes],
      ...(keeps && { before: [[rows, fanOut], outLanes] as const }),
    },
    ints: { rows, fanIn, fanOut },
    threads: quads(rows) * quads(fanOut),
    code: `
${curves(before)}${activated(activation, before)}
${rowReader('readX', 'x', 'uniforms.fanIn', inLanes)}
${rowReader('readWeight', 'weight', 'uniforms.fanIn', inLanes)}
${bias ? rowReader('readBias', 'bias', 'uniforms.fanOut', outLanes) : ''}
${base ? rowReader('readBase', 'base', 'uniforms.fanOut', outLanes) : ''}
${rowWriter('writeY', 'result', 'uniforms.fanOut', outLanes)}
${keeps ? rowWriter('writeBefore', 'before', 'uniforms.fanOut', outLanes) : ''}
fn main(index : i32) {
  let columns = (uniforms.fanOut + 3) / 4;
  let row = 4 * (index / columns);
  let quad = index % columns;
  let lastRow = uniforms.rows - 1;
  let lastColumn = uniforms.fanOut - 1;
  ${each(4, (r) => `var sum${r} = vec4<f32>(0.0);`)}
  for (var k = 0; k < (uniforms.fanIn + 3) / 4; k++) {
    ${each(4, (o) => `let w${o} = readWeight(min(4 * quad + ${o}, lastColumn), k);`)}
    ${each(
      4,
      (r) => `{ let v = readX(min(row + ${r}, lastRow), k);
      sum${r} += vec4<f32>(dot(v, w0), dot(v, w1), dot(v, w2), dot(v, w3)); }`,
    )}
  }
  ${bias ? 'let b = readBias(0, quad);' : 'let b = vec4<f32>(0.0);'}
  ${each(
    4,
    (r) => `if (row + ${r} < uniforms.rows) {
    let z = sum${r} + b${base ? ` + readBase(row + ${r}, quad)` : ''};
    writeY(row + ${r}, quad, activated(z));
    ${keeps ? `writeBefore(row + ${r}, quad, z);` : ''}
  }`,
  )}
}`,
  });
};

/** Rows that share a block of the weight's gradient, each summing every 16th. */
const splits = 16;
const blocksPerGroup = groupSize / splits;

export interface DenseGradientCall {
  readonly x: TensorInfo;
  readonly weight: TensorInfo;
  readonly dy: TensorInfo;
  readonly kept?: TensorInfo | undefined;
  readonly activation: Activation;
  readonly bias: boolean;
  readonly input: boolean;
  /** Whether dz is asked for too, which is the gradient of what lies under the layer. */
  readonly base?: boolean;
}

/**
 * With dz = f'(.) dy: dW = dz^T x, db = the sum of dz's rows, dx = dz W, and dz itself; all but dW where they are asked
 * for, dz only beside dx. One launch: some workgroups make blocks of dW, each block by 16 invocations that add up at the end, the others make dx.
 */
export function denseGradients(gpu: GpuBackend, call: DenseGradientCall): TensorInfo[] {
  const { x, weight, dy, kept, activation } = call;
  const [rows, fanIn] = x.shape;
  const [fanOut] = weight.shape;
  const [inLanes, outLanes] = [lanesFor(fanIn), lanesFor(fanOut)];
  const vector = gpuType(4);
  const blocks = quads(fanIn) * quads(fanOut);
  const weightGroups = Math.ceil(blocks / blocksPerGroup);
  const inputGroups = call.input ? Math.ceil((quads(rows) * quads(fanIn)) / groupSize) : 0;
  return launch(gpu, {
    key: `dense gradient ${activation} ${call.bias} ${call.input} ${call.base === true}`,
    inputs: {
      x: [x, inLanes],
      dy: [dy, outLanes],
      ...(kept && { kept: [kept, outLanes] as const }),
      ...(call.input && { weight: [weight, inLanes] as const }),
    },
    outputs: {
      dweight: [weight.shape, inLanes],
      ...(call.bias && { dbias: [[fanOut], outLanes] as const }),
      ...(call.input && { dx: [x.shape, inLanes] as const }),
      ...(call.base && { dbase: [dy.shape, outLanes] as const }),
    },
    ints: { rows, fanIn, fanOut, weightGroups },
    threads: (weightGroups + inputGroups) * groupSize,
    code: `
const splits = ${splits};
const blocksPerGroup = ${blocksPerGroup};
var<workgroup> parts : array<vec4<f32>, ${groupSize * 4}>;
var<workgroup> biasParts : array<vec4<f32>, ${groupSize}>;
${kept ? curves(vector) + slopeAt(activation, vector) + rowReader('readKept', 'kept', 'uniforms.fanOut', outLanes) : ''}
${rowReader('readX', 'x', 'uniforms.fanIn', inLanes)}
${rowReader('readDy', 'dy', 'uniforms.fanOut', outLanes)}
fn dzAt(row : i32, quad : i32) -> vec4<f32> {
  return readDy(row, quad)${kept ? ' * slopeAt(readKept(row, quad))' : ''};
}
${rowWriter('writeWeight', 'result', 'uniforms.fanIn', inLanes)}
${call.bias ? rowWriter('writeBias', 'dbias', 'uniforms.fanOut', outLanes) : ''}
${
  call.input
    ? `${rowReader('readWeight', 'weight', 'uniforms.fanIn', inLanes)}
${rowWriter('writeX', 'dx', 'uniforms.fanIn', inLanes)}
${call.base ? rowWriter('writeBase', 'dbase', 'uniforms.fanOut', outLanes) : ''}
fn inputBlock(block : i32) {
  let columns = (uniforms.fanIn + 3) / 4;
  let row = 4 * (block / columns);
  let quad = block % columns;
  if (row >= uniforms.rows) { return; }
  let lastRow = uniforms.rows - 1;
  let lastOut = uniforms.fanOut - 1;
  ${each(4, (r) => `var sum${r} = vec4<f32>(0.0);`)}
  for (var k = 0; k < (uniforms.fanOut + 3) / 4; k++) {
    ${each(4, (o) => `let w${o} = readWeight(min(4 * k + ${o}, lastOut), quad);`)}
    ${each(
      4,
      (r) => `{ let v = dzAt(min(row + ${r}, lastRow), k);
      ${call.base ? `if (quad == 0 && row + ${r} <= lastRow) { writeBase(row + ${r}, k, v); }` : ''}
      sum${r} += v.x * w0 + v.y * w1 + v.z * w2 + v.w * w3; }`,
    )}
  }
  ${each(4, (r) => `if (row + ${r} < uniforms.rows) { writeX(row + ${r}, quad, sum${r}); }`)}
}`
    : ''
}
fn main(index : i32) {
  let group = index / ${groupSize};
  let local = i32(localIndex);
  let columns = (uniforms.fanIn + 3) / 4;
  let blocks = columns * ((uniforms.fanOut + 3) / 4);
  let first = group * blocksPerGroup;
  if (group < uniforms.weightGroups) {
    let block = min(first + local % blocksPerGroup, blocks - 1);
    let out = block / columns;
    let quad = block % columns;
    ${each(4, (o) => `var sum${o} = vec4<f32>(0.0);`)}
    var bias = vec4<f32>(0.0);
    for (var row = local / blocksPerGroup; row < uniforms.rows; row += splits) {
      let d = dzAt(row, out);
      let v = readX(row, quad);
      sum0 += d.x * v; sum1 += d.y * v; sum2 += d.z * v; sum3 += d.w * v;
      bias += d;
    }
    ${each(4, (o) => `parts[4 * local + ${o}] = sum${o};`)}
    biasParts[local] = bias;
  }
  ${call.input ? `else { inputBlock(index - uniforms.weightGroups * ${groupSize}); }` : ''}
  workgroupBarrier();
  let block = first + local / 4;
  if (group < uniforms.weightGroups && local < 4 * blocksPerGroup && block < blocks) {
    var sum = vec4<f32>(0.0);
    var bias = vec4<f32>(0.0);
    for (var s = 0; s < splits; s++) {
      let part = s * blocksPerGroup + local / 4;
      sum += parts[4 * part + local % 4];
      bias += biasParts[part];
    }
    let row = 4 * (block / columns) + local % 4;
    if (row < uniforms.fanOut) { writeWeight(row, block % columns, sum); }
    ${call.bias ? 'if (block % columns == 0 && local % 4 == 0) { writeBias(0, block / columns, bias); }' : ''}
  }
}`,
  });
}

const denseGradient: GpuKernel = (gpu, { x, weight, dy, kept }, attributes) =>
  denseGradients(gpu, {
    x,
    weight,
    dy,
    kept,
    activation: activationOf(attributes.activation),
    bias: attributes.biasGradient === 1,
    input: attributes.inputGradient === 1,
    base: attributes.baseGradient === 1,
  });

const activate: GpuKernel = (gpu, { x }, attributes) => {
  const activation = activationOf(attributes.activation);
  const size = x.shape.reduce((product, width) => product * width, 1);
  const lanes = lanesFor(size);
  const type = gpuType(lanes);
  return launchEach(gpu, {
    key: `activate ${activation}`,
    inputs: { x: [x, lanes] },
    outputs: { y: [x.shape, lanes] },
    threads: size / lanes,
    code: `${curves(type)}${activated(activation, type)}
fn main(index : i32) {
  result[index] = activated(x[index]);
}`,
  })[0];
};

const activateGradient: GpuKernel = (gpu, { kept, dy }, attributes) => {
  const activation = activationOf(attributes.activation);
  const size = dy.shape.reduce((product, width) => product * width, 1);
  const lanes = lanesFor(size);
  const type = gpuType(lanes);
  return launchEach(gpu, {
    key: `activate gradient ${activation}`,
    inputs: { kept: [kept, lanes], dy: [dy, lanes] },
    outputs: { dx: [dy.shape, lanes] },
    threads: size / lanes,
    code: `${curves(type)}${slopeAt(activation, type)}
fn main(index : i32) {
  result[index] = dy[index] * slopeAt(kept[index]);
}`,
  })[0];
};

export const denseKernels = {
  Dense: dense,
  DenseOnto: dense,
  DenseGradient: denseGradient,
  Activate: activate,
  ActivateGradient: activateGradient,
};
