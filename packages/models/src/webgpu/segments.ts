import { type GpuKernel, lanesFor, launchEach } from './kernel.ts';
import { each, rowReader, rowWriter, segmentOf } from './wgsl.ts';

/** Sums of outer products over the rows of each atom: the composed form is in ops/outer-sum.ts. */

const quads = (width: number) => Math.ceil(width / 4);

/** z [S, m n] from a [R, m] and b [R, n]: an invocation makes a block of 4 by 4. */
const outerSum: GpuKernel = (gpu, { a, b, start }) => {
  const [m, n] = [a.shape[1], b.shape[1]];
  const segments = start.shape[0] - 1;
  const [aLanes, bLanes] = [lanesFor(m), lanesFor(n)];
  return launchEach(gpu, {
    key: 'outer sum',
    inputs: { a: [a, aLanes], b: [b, bLanes], start: [start, 1] },
    outputs: { z: [[segments, m * n], bLanes] },
    ints: { m, n },
    threads: segments * quads(m) * quads(n),
    code: `
${rowReader('readA', 'a', 'uniforms.m', aLanes)}
${rowReader('readB', 'b', 'uniforms.n', bLanes)}
${rowWriter('writeZ', 'result', 'uniforms.n', bLanes)}
fn main(index : i32) {
  let columns = (uniforms.n + 3) / 4;
  let lines = (uniforms.m + 3) / 4;
  let segment = index / (columns * lines);
  let line = (index / columns) % lines;
  let column = index % columns;
  ${each(4, (k) => `var sum${k} = vec4<f32>(0.0);`)}
  for (var row = start[segment]; row < start[segment + 1]; row++) {
    let u = readA(row, line);
    let v = readB(row, column);
    sum0 += u.x * v; sum1 += u.y * v; sum2 += u.z * v; sum3 += u.w * v;
  }
  ${each(
    4,
    (k) =>
      `if (4 * line + ${k} < uniforms.m) { writeZ(segment * uniforms.m + 4 * line + ${k}, column, sum${k}); }`,
  )}
}`,
  })[0];
};

/**
 * da_r = dz_i b_r and db_r = dz_i^T a_r, of 4 rows together: most of them belong to one atom and share what is read of
 * dz. Rows of no atom, as a batch without edges has one, get zeros.
 */
const outerSumGradient: GpuKernel = (gpu, { a, b, dz, start }) => {
  const [rows, m] = a.shape;
  const n = b.shape[1];
  const segments = start.shape[0] - 1;
  const [aLanes, bLanes] = [lanesFor(m), lanesFor(n)];
  const inputs = {
    a: [a, aLanes],
    b: [b, bLanes],
    dz: [dz, bLanes],
    start: [start, 1],
  } as const;
  return launchEach(gpu, {
    key: 'outer sum gradient',
    inputs,
    outputs: { da: [a.shape, aLanes], db: [b.shape, bLanes] },
    ints: { rows, m, n, segments, forA: quads(rows) * quads(m) },
    threads: quads(rows) * (quads(m) + quads(n)),
    code: `
${segmentOf}
${rowReader('readA', 'a', 'uniforms.m', aLanes)}
${rowReader('readB', 'b', 'uniforms.n', bLanes)}
${rowReader('readZ', 'dz', 'uniforms.n', bLanes)}
${rowWriter('writeA', 'result', 'uniforms.m', aLanes)}
${rowWriter('writeB', 'db', 'uniforms.n', bLanes)}
fn blockOfA(first : i32, last : i32, segment : i32, line : i32) {
  ${each(4, (k) => `var sum${k} = vec4<f32>(0.0);`)}
  let lastLine = uniforms.m - 1;
  for (var c = 0; c < (uniforms.n + 3) / 4; c++) {
    ${each(4, (k) => `let z${k} = readZ(segment * uniforms.m + min(4 * line + ${k}, lastLine), c);`)}
    ${each(
      4,
      (k) => `{ let v = readB(min(first + ${k}, last), c);
      sum${k} += vec4<f32>(dot(z0, v), dot(z1, v), dot(z2, v), dot(z3, v)); }`,
    )}
  }
  ${each(4, (k) => `if (first + ${k} <= last) { writeA(first + ${k}, line, sum${k}); }`)}
}
fn blockOfB(first : i32, last : i32, segment : i32, column : i32) {
  ${each(4, (k) => `var sum${k} = vec4<f32>(0.0);`)}
  let lastLine = uniforms.m - 1;
  for (var l = 0; l < (uniforms.m + 3) / 4; l++) {
    ${each(4, (k) => `let z${k} = readZ(segment * uniforms.m + min(4 * l + ${k}, lastLine), column);`)}
    ${each(
      4,
      (k) => `{ let u = readA(min(first + ${k}, last), l);
      sum${k} += u.x * z0 + u.y * z1 + u.z * z2 + u.w * z3; }`,
    )}
  }
  ${each(4, (k) => `if (first + ${k} <= last) { writeB(first + ${k}, column, sum${k}); }`)}
}
fn main(index : i32) {
  let forA = index < uniforms.forA;
  let columns = select(uniforms.n + 3, uniforms.m + 3, forA) / 4;
  let place = select(index - uniforms.forA, index, forA);
  let quad = place % columns;
  let end = min(4 * (place / columns) + 4, uniforms.rows);
  let used = start[uniforms.segments];
  var row = 4 * (place / columns);
  while (row < min(end, used)) {
    let segment = segmentOf(row, uniforms.segments);
    let last = min(end, start[segment + 1]) - 1;
    if (forA) { blockOfA(row, last, segment, quad); } else { blockOfB(row, last, segment, quad); }
    row = last + 1;
  }
  for (; row < end; row++) {
    if (forA) { writeA(row, quad, vec4<f32>(0.0)); } else { writeB(row, quad, vec4<f32>(0.0)); }
  }
}`,
  });
};

export const segmentKernels = { OuterSum: outerSum, OuterSumGradient: outerSumGradient };
