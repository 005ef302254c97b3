/** Normalisation of columns over a batch of rows, as torch's BatchNorm1d does it, and relu behind it. */
import { loadPart, storePart } from './dense';
import { multiplyAdd } from './math';

/** Mean and variance (divided by the number of rows) of each column of x [rows, columns]: [columns] each. */
export function columnMoments(x: usize, mean: usize, variance: usize, rows: i32, columns: i32): void {
  const stride = (<usize>columns) << 2;
  const share = f32x4.splat(<f32>1 / <f32>rows);
  for (let j = 0; j < columns; j += 4) {
    const at = (<usize>j) << 2;
    const count = columns - j;
    let sum = f32x4.splat(0);
    for (let r = 0, row = x + at; r < rows; r++, row += stride) sum = f32x4.add(sum, loadPart(row, count));
    const m = f32x4.mul(sum, share);
    let squares = f32x4.splat(0);
    for (let r = 0, row = x + at; r < rows; r++, row += stride) {
      const d = f32x4.sub(loadPart(row, count), m);
      squares = multiplyAdd(d, d, squares);
    }
    storePart(mean + at, m, count);
    storePart(variance + at, f32x4.mul(squares, share), count);
  }
}

/** y = relu(scale (x - mean) inverse + shift); mean, inverse (of the deviation), scale, shift [columns] */
export function normaliseColumns(
  x: usize,
  mean: usize,
  inverse: usize,
  scale: usize,
  shift: usize,
  y: usize,
  rows: i32,
  columns: i32,
): void {
  const stride = (<usize>columns) << 2;
  const none = f32x4.splat(0);
  for (let r = 0; r < rows; r++) {
    for (let j = 0; j < columns; j += 4) {
      const at = (<usize>j) << 2;
      const count = columns - j;
      const factor = f32x4.mul(loadPart(scale + at, count), loadPart(inverse + at, count));
      const d = f32x4.sub(loadPart(x + at, count), loadPart(mean + at, count));
      storePart(y + at, f32x4.pmax(multiplyAdd(d, factor, loadPart(shift + at, count)), none), count);
    }
    x += stride;
    y += stride;
  }
}

/**
 * The gradient dy [rows, columns] taken to x, scale and shift. With `moving` the moments are those of x itself and
 * move with it; otherwise they are given.
 */
export function normaliseColumnsGradient(
  x: usize,
  mean: usize,
  inverse: usize,
  scale: usize,
  y: usize,
  dy: usize,
  dx: usize,
  dscale: usize,
  dshift: usize,
  rows: i32,
  columns: i32,
  moving: bool,
): void {
  const stride = (<usize>columns) << 2;
  const none = f32x4.splat(0);
  const share = f32x4.splat(moving ? <f32>1 / <f32>rows : 0);
  for (let j = 0; j < columns; j += 4) {
    const at = (<usize>j) << 2;
    const count = columns - j;
    const m = loadPart(mean + at, count);
    const inv = loadPart(inverse + at, count);
    let sum = none;
    let product = none;
    for (let r = 0; r < rows; r++) {
      const place = at + stride * <usize>r;
      const live = f32x4.gt(loadPart(y + place, count), none);
      const dz = v128.and(loadPart(dy + place, count), live);
      const normal = f32x4.mul(f32x4.sub(loadPart(x + place, count), m), inv);
      sum = f32x4.add(sum, dz);
      product = multiplyAdd(dz, normal, product);
    }
    storePart(dshift + at, sum, count);
    storePart(dscale + at, product, count);
    const factor = f32x4.mul(loadPart(scale + at, count), inv);
    const meanSum = f32x4.mul(sum, share);
    const meanProduct = f32x4.mul(product, share);
    for (let r = 0; r < rows; r++) {
      const place = at + stride * <usize>r;
      const live = f32x4.gt(loadPart(y + place, count), none);
      const dz = v128.and(loadPart(dy + place, count), live);
      const normal = f32x4.mul(f32x4.sub(loadPart(x + place, count), m), inv);
      const d = f32x4.sub(f32x4.sub(dz, meanSum), f32x4.mul(normal, meanProduct));
      storePart(dx + place, f32x4.mul(factor, d), count);
    }
  }
}
