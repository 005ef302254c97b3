/**
 * What a gated recurrent unit does with its two products: rows of 3 F, gates r, z, n, as torch's GRU stacks them.
 *
 *     r = sigmoid(x_r + h_r)   z = sigmoid(x_z + h_z)   n = tanh(x_n + r h_n)   y = (1 - z) n + z h
 */
import { loadPart, storePart, tanhOf } from './dense';
import { constants, multiplyAdd, one, sigmoid } from './math';

/** x, h [rows, 3 F] the products with input and state, state and out [rows, F] */
export function gruGates(x: usize, h: usize, state: usize, out: usize, rows: i32, features: i32): void {
  const c = constants();
  const stride = (<usize>features) << 2;
  for (let row = 0; row < rows; row++) {
    for (let f = 0; f < features; f += 4) {
      const at = (<usize>f) << 2;
      const z2 = at + stride;
      const n2 = z2 + stride;
      const count = features - f;
      const r = sigmoid(f32x4.add(loadPart(x + at, count), loadPart(h + at, count)), c);
      const z = sigmoid(f32x4.add(loadPart(x + z2, count), loadPart(h + z2, count)), c);
      const n = tanhOf(multiplyAdd(r, loadPart(h + n2, count), loadPart(x + n2, count)), c);
      const s = loadPart(state + at, count);
      storePart(out + at, multiplyAdd(z, f32x4.sub(s, n), n), count);
    }
    x += 3 * stride;
    h += 3 * stride;
    state += stride;
    out += stride;
  }
}

/** The gradient dy [rows, F] taken to both products, dx and dh [rows, 3 F], and to the state, ds [rows, F]. */
export function gruGatesGradient(
  x: usize,
  h: usize,
  state: usize,
  dy: usize,
  dx: usize,
  dh: usize,
  ds: usize,
  rows: i32,
  features: i32,
): void {
  const c = constants();
  const stride = (<usize>features) << 2;
  for (let row = 0; row < rows; row++) {
    for (let f = 0; f < features; f += 4) {
      const at = (<usize>f) << 2;
      const z2 = at + stride;
      const n2 = z2 + stride;
      const count = features - f;
      const r = sigmoid(f32x4.add(loadPart(x + at, count), loadPart(h + at, count)), c);
      const z = sigmoid(f32x4.add(loadPart(x + z2, count), loadPart(h + z2, count)), c);
      const hn = loadPart(h + n2, count);
      const n = tanhOf(multiplyAdd(r, hn, loadPart(x + n2, count)), c);
      const g = loadPart(dy + at, count);
      const keep = f32x4.mul(g, z);
      const dn = f32x4.mul(f32x4.sub(g, keep), f32x4.sub(one(c), f32x4.mul(n, n)));
      const dz = f32x4.mul(f32x4.mul(keep, f32x4.sub(one(c), z)), f32x4.sub(loadPart(state + at, count), n));
      const dr = f32x4.mul(f32x4.mul(dn, hn), f32x4.mul(r, f32x4.sub(one(c), r)));
      storePart(ds + at, keep, count);
      storePart(dx + at, dr, count);
      storePart(dh + at, dr, count);
      storePart(dx + z2, dz, count);
      storePart(dh + z2, dz, count);
      storePart(dx + n2, dn, count);
      storePart(dh + n2, f32x4.mul(dn, r), count);
    }
    x += 3 * stride;
    h += 3 * stride;
    state += stride;
    dy += stride;
    dx += 3 * stride;
    dh += 3 * stride;
    ds += stride;
  }
}
