import { type GpuKernel, groupSize, lanesFor, launch, launchEach } from './kernel.ts';
import { rowReader, rowWriter } from './wgsl.ts';

/** Rows times a linear function of a few numbers: the composed form is in ops/radial-product.ts. */

const quads = (width: number) => Math.ceil(width / 4);

/** `fn factorAt(row, quad)`: (r W^T) of a row, from r [R, K] and weight [F, K]. */
const factor = `
fn weightAt(quad : i32, k : i32) -> vec4<f32> {
  let last = uniforms.features - 1;
  return vec4<f32>(
    weight[min(4 * quad, last) * uniforms.terms + k], weight[min(4 * quad + 1, last) * uniforms.terms + k],
    weight[min(4 * quad + 2, last) * uniforms.terms + k], weight[min(4 * quad + 3, last) * uniforms.terms + k]);
}
fn factorAt(row : i32, quad : i32) -> vec4<f32> {
  var sum = vec4<f32>(0.0);
  for (var k = 0; k < uniforms.terms; k++) { sum += r[row * uniforms.terms + k] * weightAt(quad, k); }
  return sum;
}
`;

const radialProduct: GpuKernel = (gpu, { x, r, weight }) => {
  const [rows, features] = x.shape;
  const lanes = lanesFor(features);
  return launchEach(gpu, {
    key: 'radial product',
    inputs: { x: [x, lanes], r: [r, 1], weight: [weight, 1] },
    outputs: { y: [x.shape, lanes] },
    ints: { features, terms: r.shape[1] },
    threads: rows * quads(features),
    code: `${factor}
${rowReader('readX', 'x', 'uniforms.features', lanes)}
${rowWriter('writeY', 'result', 'uniforms.features', lanes)}
fn main(index : i32) {
  let columns = (uniforms.features + 3) / 4;
  let row = index / columns;
  let quad = index % columns;
  writeY(row, quad, readX(row, quad) * factorAt(row, quad));
}`,
  })[0];
};

/**
 * dx = dy * (r W^T), dr = (dy * x) W, dW = (dy * x)^T r, in one launch: a workgroup for every 4 rows of W's gradient and
 * term of it, whose invocations share the rows; then an invocation for every row of dr, and for 4 numbers of dx.
 */
const radialProductGradient: GpuKernel = (gpu, { x, r, weight, dy }) => {
  const [rows, features] = x.shape;
  const terms = r.shape[1];
  const lanes = lanesFor(features);
  const weightGroups = quads(features) * terms;
  const inputs = { x: [x, lanes], dy: [dy, lanes], r: [r, 1], weight: [weight, 1] } as const;
  const [dx, dr, dweight] = launch(gpu, {
    key: `radial product gradient ${terms}`,
    inputs,
    outputs: { dx: [x.shape, lanes], dr: [r.shape, 1], dweight: [weight.shape, 1] },
    ints: { features, terms, rows, weightGroups },
    threads: weightGroups * groupSize + rows * (1 + quads(features)),
    code: `${factor}
${rowReader('readX', 'x', 'uniforms.features', lanes)}
${rowReader('readDy', 'dy', 'uniforms.features', lanes)}
${rowWriter('writeX', 'result', 'uniforms.features', lanes)}
var<workgroup> parts : array<vec4<f32>, ${groupSize}>;
fn rowOfR(row : i32) {
  var sums : array<f32, ${terms}>;
  for (var quad = 0; quad < (uniforms.features + 3) / 4; quad++) {
    let product = readX(row, quad) * readDy(row, quad);
    for (var k = 0; k < ${terms}; k++) { sums[k] += dot(product, weightAt(quad, k)); }
  }
  for (var k = 0; k < ${terms}; k++) { dr[row * ${terms} + k] = sums[k]; }
}
fn main(index : i32) {
  let columns = (uniforms.features + 3) / 4;
  let group = index / ${groupSize};
  let local = i32(localIndex);
  let quad = group / ${terms};
  let term = group % ${terms};
  var sum = vec4<f32>(0.0);
  if (group < uniforms.weightGroups) {
    for (var row = local; row < uniforms.rows; row += ${groupSize}) {
      sum += readX(row, quad) * readDy(row, quad) * r[row * ${terms} + term];
    }
  } else {
    let place = index - uniforms.weightGroups * ${groupSize};
    if (place < uniforms.rows) {
      rowOfR(place);
    } else if (index < uniforms.threads) {
      let row = (place - uniforms.rows) / columns;
      let at = (place - uniforms.rows) % columns;
      writeX(row, at, readDy(row, at) * factorAt(row, at));
    }
  }
  parts[local] = sum;
  workgroupBarrier();
  if (group < uniforms.weightGroups && local < 4 && 4 * quad + local < uniforms.features) {
    var total = 0.0;
    for (var k = 0; k < ${groupSize}; k++) { total += parts[k][local]; }
    dweight[(4 * quad + local) * ${terms} + term] = total;
  }
}`,
  });
  return [dx, dr, dweight];
};

export const radialKernels = { RadialProduct: radialProduct, RadialProductGradient: radialProductGradient };
