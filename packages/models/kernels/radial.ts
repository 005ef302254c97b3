/**
 * Rows multiplied, element by element, by a linear function of a few numbers each: y = x * (r W^T), for x [rows, F],
 * r [rows, terms] and W [F, terms]. Both kernels take W transposed, [terms, F].
 */
import { loadPart, storePart } from './dense';
import { multiplyAdd } from './math';

/** out [columns, rows] = x [rows, columns] transposed. */
export function transposed(x: usize, out: usize, rows: i32, columns: i32): void {
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      store<f32>(out + ((<usize>(c * rows + r)) << 2), load<f32>(x));
      x += 4;
    }
  }
}

/** The linear function: four features of one row. */
function factor(r: usize, w: usize, stride: usize, terms: i32, count: i32): v128 {
  let sum = f32x4.splat(0);
  for (let k = 0; k < terms; k++) {
    sum = multiplyAdd(v128.load32_splat(r + ((<usize>k) << 2)), loadPart(w, count), sum);
    w += stride;
  }
  return sum;
}

export function radialProduct(
  x: usize,
  r: usize,
  w: usize,
  y: usize,
  rows: i32,
  features: i32,
  terms: i32,
): void {
  const stride = (<usize>features) << 2;
  for (let row = 0; row < rows; row++) {
    for (let f = 0; f < features; f += 4) {
      const at = (<usize>f) << 2;
      const count = features - f;
      storePart(y + at, f32x4.mul(loadPart(x + at, count), factor(r, w + at, stride, terms, count)), count);
    }
    x += stride;
    y += stride;
    r += (<usize>terms) << 2;
  }
}

/** The gradient dy taken to x, r and W (transposed); dw is cleared first. */
export function radialProductGradient(
  x: usize,
  r: usize,
  w: usize,
  dy: usize,
  dx: usize,
  dr: usize,
  dw: usize,
  rows: i32,
  features: i32,
  terms: i32,
): void {
  const stride = (<usize>features) << 2;
  memory.fill(dw, 0, stride * <usize>terms);
  for (let row = 0; row < rows; row++) {
    memory.fill(dr, 0, (<usize>terms) << 2);
    for (let f = 0; f < features; f += 4) {
      const at = (<usize>f) << 2;
      const count = features - f;
      const g = loadPart(dy + at, count);
      storePart(dx + at, f32x4.mul(g, factor(r, w + at, stride, terms, count)), count);
      const d = f32x4.mul(g, loadPart(x + at, count));
      let column = at;
      for (let k = 0; k < terms; k++) {
        const place = (<usize>k) << 2;
        const v = multiplyAdd(v128.load32_splat(r + place), d, loadPart(dw + column, count));
        storePart(dw + column, v, count);
        const p = f32x4.mul(d, loadPart(w + column, count));
        const sum =
          f32x4.extract_lane(p, 0) +
          f32x4.extract_lane(p, 1) +
          f32x4.extract_lane(p, 2) +
          f32x4.extract_lane(p, 3);
        store<f32>(dr + place, load<f32>(dr + place) + sum);
        column += stride;
      }
    }
    x += stride;
    dy += stride;
    dx += stride;
    r += (<usize>terms) << 2;
    dr += (<usize>terms) << 2;
  }
}
