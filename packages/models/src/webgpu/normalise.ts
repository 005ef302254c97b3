import { cutUp } from './copy.ts';
import { type GpuKernel, gpuType, groupSize, type Lanes, lanesFor, launch, launchEach } from './kernel.ts';

/**
 * Moments of columns and batch normalisation: the composed forms are in ops/normalise.ts. A workgroup has a column, or
 * four, and its invocations share the rows.
 */

/** `fn totalOf(value) -> T`: the sum of a value over the workgroup. */
const total = (lanes: Lanes) => `
var<workgroup> parts : array<${gpuType(lanes)}, ${groupSize}>;
fn totalOf(value : ${gpuType(lanes)}) -> ${gpuType(lanes)} {
  workgroupBarrier();
  parts[localIndex] = value;
  workgroupBarrier();
  var sum = ${gpuType(lanes)}(0.0);
  for (var k = 0; k < ${groupSize}; k++) { sum += parts[k]; }
  return sum;
}
`;

const columnMoments: GpuKernel = (gpu, { x }) => {
  const [rows, columns] = x.shape;
  const lanes = lanesFor(columns);
  return launch(gpu, {
    key: 'column moments',
    inputs: { x: [x, lanes] },
    outputs: { mean: [[columns], lanes], variance: [[columns], lanes] },
    ints: { rows, width: columns / lanes },
    threads: (columns / lanes) * groupSize,
    code: `${total(lanes)}
fn main(index : i32) {
  let column = index / ${groupSize};
  let local = i32(localIndex);
  let last = uniforms.rows * min(1, uniforms.threads);
  var sum = ${gpuType(lanes)}(0.0);
  for (var row = local; row < last; row += ${groupSize}) { sum += x[row * uniforms.width + column]; }
  let mean = totalOf(sum) / f32(uniforms.rows);
  var squares = ${gpuType(lanes)}(0.0);
  for (var row = local; row < last; row += ${groupSize}) {
    let offset = x[row * uniforms.width + column] - mean;
    squares += offset * offset;
  }
  let spread = totalOf(squares) / f32(uniforms.rows);
  if (local == 0) { result[column] = mean; variance[column] = spread; }
}`,
  });
};

const normaliseColumns: GpuKernel = (gpu, { x, mean, inverse, scale, shift }) => {
  const [rows, columns] = x.shape;
  const lanes = lanesFor(columns);
  const columnwise = { mean, inverse, scale, shift };
  return launchEach(gpu, {
    key: 'normalise columns',
    inputs: {
      x: [x, lanes],
      ...Object.fromEntries(Object.entries(columnwise).map(([name, t]) => [name, [t, lanes] as const])),
    },
    outputs: { y: [x.shape, lanes] },
    ints: { width: columns / lanes },
    threads: (rows * columns) / lanes,
    code: `
fn main(index : i32) {
  let column = index % uniforms.width;
  let normal = (x[index] - mean[column]) * (scale[column] * inverse[column]);
  result[index] = max(normal + shift[column], ${gpuType(lanes)}(0.0));
}`,
  })[0];
};

const normaliseColumnsGradient: GpuKernel = (gpu, { x, mean, inverse, scale, y, dy }, { moving }) => {
  const [rows, columns] = x.shape;
  const lanes = lanesFor(columns);
  const type = gpuType(lanes);
  // The two sums in one tensor: with three outputs there would be more buffers than every device binds.
  const [dx, sums] = launch(gpu, {
    key: `normalise columns gradient ${moving}`,
    inputs: {
      x: [x, lanes],
      mean: [mean, lanes],
      inverse: [inverse, lanes],
      scale: [scale, lanes],
      y: [y, lanes],
      dy: [dy, lanes],
    },
    outputs: { dx: [x.shape, lanes], sums: [[2 * columns], lanes] },
    ints: { rows, width: columns / lanes },
    threads: (columns / lanes) * groupSize,
    code: `${total(lanes)}
fn main(index : i32) {
  let column = index / ${groupSize};
  let local = i32(localIndex);
  let last = uniforms.rows * min(1, uniforms.threads);
  let centre = mean[column];
  let factor = inverse[column];
  var shifts = ${type}(0.0);
  var scales = ${type}(0.0);
  for (var row = local; row < last; row += ${groupSize}) {
    let at = row * uniforms.width + column;
    let dz = select(${type}(0.0), dy[at], y[at] > ${type}(0.0));
    shifts += dz;
    scales += dz * ((x[at] - centre) * factor);
  }
  let dshift = totalOf(shifts);
  let dscale = totalOf(scales);
  if (local == 0) { sums[column] = dscale; sums[uniforms.width + column] = dshift; }
  let share = ${moving === 1 ? '1.0 / f32(uniforms.rows)' : '0.0'};
  for (var row = local; row < last; row += ${groupSize}) {
    let at = row * uniforms.width + column;
    let dz = select(${type}(0.0), dy[at], y[at] > ${type}(0.0));
    let normal = (x[at] - centre) * factor;
    result[at] = (dz - dshift * share - normal * (dscale * share)) * (scale[column] * factor);
  }
}`,
  });
  const [dscale, dshift] = cutUp(gpu, sums, [scale.shape, scale.shape]);
  gpu.disposeData(sums.dataId);
  return [dx, dscale, dshift];
};

export const normaliseKernels = {
  ColumnMoments: columnMoments,
  NormaliseColumns: normaliseColumns,
  NormaliseColumnsGradient: normaliseColumnsGradient,
};
