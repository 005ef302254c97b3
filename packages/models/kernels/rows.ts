/** Rows as weighted sums of other rows: embeddings, sums over molecules, interpolated tables. */
import { loadPart, storePart } from './dense';
import { multiplyAdd } from './math';

/** to += weight * from, `features` floats */
function addScaled(to: usize, weight: v128, from: usize, features: i32): void {
  for (let f = 0; f < features; f += 4) {
    const at = (<usize>f) << 2;
    const count = features - f;
    storePart(to + at, multiplyAdd(weight, loadPart(from + at, count), loadPart(to + at, count)), count);
  }
}

/** out[r] = sum over k of weight[r, k] x[index[r, k]]; index and weight [R, K], out [R, F] */
export function combineRows(
  x: usize,
  index: usize,
  weight: usize,
  out: usize,
  rows: i32,
  terms: i32,
  features: i32,
): void {
  const stride = (<usize>features) << 2;
  memory.fill(out, 0, stride * <usize>rows);
  for (let r = 0; r < rows; r++) {
    for (let k = 0; k < terms; k++) {
      addScaled(out, v128.load32_splat(weight), x + stride * <usize>load<u32>(index), features);
      index += 4;
      weight += 4;
    }
    out += stride;
  }
}

/** The transpose: out[index[r, k]] += weight[r, k] x[r]; `out` [outRows, F] is cleared first. */
export function spreadRows(
  x: usize,
  index: usize,
  weight: usize,
  out: usize,
  rows: i32,
  terms: i32,
  outRows: i32,
  features: i32,
): void {
  const stride = (<usize>features) << 2;
  memory.fill(out, 0, stride * <usize>outRows);
  for (let r = 0; r < rows; r++) {
    for (let k = 0; k < terms; k++) {
      addScaled(out + stride * <usize>load<u32>(index), v128.load32_splat(weight), x, features);
      index += 4;
      weight += 4;
    }
    x += stride;
  }
}
