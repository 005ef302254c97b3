/**
 * A dense layer y = f(x W^T + b) in two passes over y: the product lands in y, then bias and f are applied in place.
 * W is stored [out, in] as PyTorch stores it. f: 0 identity, 1 shifted softplus, 2 swish, 3 relu, 4 tanh, 5 sigmoid.
 */
import { gemm } from './gemm';
import { constants, exp, half, multiplyAdd, one, sigmoid, ssp, two, zero } from './math';

const identity: i32 = 0;
const shiftedSoftplus: i32 = 1;
const swish: i32 = 2;
const relu: i32 = 3;
const tanh: i32 = 4;

function apply(f: i32, x: v128, c: usize): v128 {
  if (f === shiftedSoftplus) return ssp(x, c);
  if (f === swish) return f32x4.mul(x, sigmoid(x, c));
  if (f === relu) return f32x4.pmax(x, zero(c));
  if (f === tanh) return tanhOf(x, c);
  return sigmoid(x, c);
}

/** tanh x = 2 sigmoid(2 x) - 1 */
export function tanhOf(x: v128, c: usize): v128 {
  return f32x4.sub(f32x4.mul(two(c), sigmoid(f32x4.add(x, x), c)), one(c));
}

/**
 * f'(.) g. For every f but swish it follows from the output y alone, so `saved` is y; swish needs its input.
 */
function derivative(f: i32, saved: v128, g: v128, c: usize): v128 {
  // y = ln(1 + e^x) - ln 2, so e^-(y + ln 2) = 1 / (1 + e^x) = 1 - sigmoid(x).
  if (f === shiftedSoftplus)
    return f32x4.mul(g, f32x4.sub(one(c), f32x4.mul(half(c), exp(f32x4.neg(saved), c))));
  if (f === swish) {
    const s = sigmoid(saved, c);
    return f32x4.mul(g, f32x4.mul(s, multiplyAdd(saved, f32x4.sub(one(c), s), one(c))));
  }
  if (f === relu) return v128.and(g, f32x4.gt(saved, zero(c)));
  if (f === tanh) return f32x4.mul(g, f32x4.sub(one(c), f32x4.mul(saved, saved)));
  return f32x4.mul(g, f32x4.mul(saved, f32x4.sub(one(c), saved)));
}

/** A vector of the first `count` (1 to 4) floats at `at`, zeros behind. */
export function loadPart(at: usize, count: i32): v128 {
  if (count >= 4) return v128.load(at);
  let v = f32x4.splat(0);
  v = f32x4.replace_lane(v, 0, load<f32>(at));
  if (count > 1) v = f32x4.replace_lane(v, 1, load<f32>(at, 4));
  if (count > 2) v = f32x4.replace_lane(v, 2, load<f32>(at, 8));
  return v;
}

export function storePart(at: usize, v: v128, count: i32): void {
  if (count >= 4) {
    v128.store(at, v);
    return;
  }
  store<f32>(at, f32x4.extract_lane(v, 0));
  if (count > 1) store<f32>(at, f32x4.extract_lane(v, 1), 4);
  if (count > 2) store<f32>(at, f32x4.extract_lane(v, 2), 8);
}

/** y[i] = f(x[i]), `size` floats; y may be x. */
export function activate(f: i32, x: usize, y: usize, size: i32): void {
  const c = constants();
  const whole = size & ~3;
  let i: i32 = 0;
  for (; i < whole; i += 4) {
    const at = (<usize>i) << 2;
    v128.store(y + at, apply(f, v128.load(x + at), c));
  }
  const at = (<usize>i) << 2;
  if (i < size) storePart(y + at, apply(f, loadPart(x + at, size - i), c), size - i);
}

/** dx[i] = f'(.) dy[i] from the saved output (input for swish). */
export function activateGradient(f: i32, saved: usize, dy: usize, dx: usize, size: i32): void {
  const c = constants();
  for (let i = 0; i < size; i += 4) {
    const at = (<usize>i) << 2;
    const count = size - i;
    storePart(dx + at, derivative(f, loadPart(saved + at, count), loadPart(dy + at, count), c), count);
  }
}

/** y [rows, columns] = f(y + b), in place; b 0 for none. `before` (swish) keeps y + b; 0 for none. */
function biasAndActivate(y: usize, b: usize, f: i32, before: usize, rows: i32, columns: i32): void {
  if (b === 0 && f === identity) return;
  const c = constants();
  for (let r = 0; r < rows; r++) {
    for (let j = 0; j < columns; j += 4) {
      const at = (<usize>j) << 2;
      const count = columns - j;
      let v = loadPart(y + at, count);
      if (b !== 0) v = f32x4.add(v, loadPart(b + at, count));
      if (before !== 0) storePart(before + at, v, count);
      if (f !== identity) v = apply(f, v, c);
      storePart(y + at, v, count);
    }
    y += (<usize>columns) << 2;
    if (before !== 0) before += (<usize>columns) << 2;
  }
}

/** x [rows, fanIn], W [fanOut, fanIn], b [fanOut] or 0 -> y [rows, fanOut]. */
export function dense(
  x: usize,
  w: usize,
  b: usize,
  f: i32,
  y: usize,
  before: usize,
  rows: i32,
  fanIn: i32,
  fanOut: i32,
  scratch: usize,
): void {
  gemm(x, false, w, true, y, rows, fanOut, fanIn, scratch, false);
  biasAndActivate(y, b, f, before, rows, fanOut);
}

/** Sum of each column: y [rows, columns] -> out [columns]. */
export function columnSums(y: usize, out: usize, rows: i32, columns: i32): void {
  memory.fill(out, 0, (<usize>columns) << 2);
  for (let r = 0; r < rows; r++) {
    for (let j = 0; j < columns; j += 4) {
      const at = (<usize>j) << 2;
      const count = columns - j;
      storePart(out + at, f32x4.add(loadPart(out + at, count), loadPart(y + at, count)), count);
    }
    y += (<usize>columns) << 2;
  }
}
