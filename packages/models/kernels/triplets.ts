/**
 * What DimeNet weights its messages by: for every atom j a square matrix of its in-edges k -> j (columns) and out-edges
 * j -> i (rows, `width` of them an edge), s[(a, b), k] = sum over l of y[(a, k), l] g[l, pair of k, b].
 *
 * Squares stand row-major one after the other, as in the batch's `Triplets`; y is zero where k = i.
 */
import { loadPart, storePart } from './dense';
import { multiplyAdd } from './math';

/** Four lanes to places `stride` bytes apart, the first `count` of them. */
function storeStrided(at: usize, stride: usize, v: v128, count: i32): void {
  store<f32>(at, f32x4.extract_lane(v, 0));
  if (count > 1) store<f32>(at + stride, f32x4.extract_lane(v, 1));
  if (count > 2) store<f32>(at + 2 * stride, f32x4.extract_lane(v, 2));
  if (count > 3) store<f32>(at + 3 * stride, f32x4.extract_lane(v, 3));
}

function loadStrided(at: usize, stride: usize, count: i32): v128 {
  let v = f32x4.splat(0);
  v = f32x4.replace_lane(v, 0, load<f32>(at));
  if (count > 1) v = f32x4.replace_lane(v, 1, load<f32>(at + stride));
  if (count > 2) v = f32x4.replace_lane(v, 2, load<f32>(at + 2 * stride));
  if (count > 3) v = f32x4.replace_lane(v, 3, load<f32>(at + 3 * stride));
  return v;
}

/**
 * The matrices of atoms `from` to `to` - 1.
 *
 * @param y [.., degrees] from the first square of `from` on @param g [degrees, pairs, width]
 * @param pair [E] pair of each edge @param start [N + 1] edges into each atom
 * @param out [.., width, ..] squares with `width` rows for each of y's
 */
export function tripletWeights(
  y: usize,
  g: usize,
  pair: usize,
  start: usize,
  out: usize,
  from: i32,
  to: i32,
  degrees: i32,
  pairs: i32,
  width: i32,
): void {
  const layer = (<usize>(pairs * width)) << 2;
  for (let j = from; j < to; j++) {
    const first = load<i32>(start + ((<usize>j) << 2));
    const d = load<i32>(start + ((<usize>j) << 2), 4) - first;
    const stride = (<usize>d) << 2;
    for (let a = 0; a < d; a++) {
      for (let k = 0; k < d; k++) {
        const p = load<i32>(pair + ((<usize>(first + k)) << 2));
        const row = g + ((<usize>(p * width)) << 2);
        for (let b = 0; b < width; b += 4) {
          const count = width - b;
          let at = row + ((<usize>b) << 2);
          let sum = f32x4.splat(0);
          for (let l = 0; l < degrees; l++) {
            sum = multiplyAdd(v128.load32_splat(y + ((<usize>l) << 2)), loadPart(at, count), sum);
            at += layer;
          }
          storeStrided(out + ((<usize>((a * width + b) * d + k)) << 2), stride, sum, count);
        }
        y += (<usize>degrees) << 2;
      }
    }
    out += <usize>(d * width) * stride;
  }
}

/** The gradient ds of those matrices, added to dg [degrees, pairs, width]. */
export function tripletWeightsGradient(
  y: usize,
  ds: usize,
  pair: usize,
  start: usize,
  dg: usize,
  from: i32,
  to: i32,
  degrees: i32,
  pairs: i32,
  width: i32,
): void {
  const layer = (<usize>(pairs * width)) << 2;
  for (let j = from; j < to; j++) {
    const first = load<i32>(start + ((<usize>j) << 2));
    const d = load<i32>(start + ((<usize>j) << 2), 4) - first;
    const stride = (<usize>d) << 2;
    for (let a = 0; a < d; a++) {
      for (let k = 0; k < d; k++) {
        const p = load<i32>(pair + ((<usize>(first + k)) << 2));
        const row = dg + ((<usize>(p * width)) << 2);
        for (let b = 0; b < width; b += 4) {
          const count = width - b;
          const v = loadStrided(ds + ((<usize>((a * width + b) * d + k)) << 2), stride, count);
          let at = row + ((<usize>b) << 2);
          for (let l = 0; l < degrees; l++) {
            const weight = v128.load32_splat(y + ((<usize>l) << 2));
            storePart(at, multiplyAdd(weight, v, loadPart(at, count)), count);
            at += layer;
          }
        }
        y += (<usize>degrees) << 2;
      }
    }
    ds += <usize>(d * width) * stride;
  }
}

/** out[index[r]] = x[r], every place once. */
export function placeRows(x: usize, index: usize, out: usize, rows: i32, features: i32): void {
  const stride = (<usize>features) << 2;
  for (let r = 0; r < rows; r++) {
    memory.copy(out + stride * load<u32>(index + ((<usize>r) << 2)), x, stride);
    x += stride;
  }
}
