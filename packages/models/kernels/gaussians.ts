import { loadPart, storePart } from './dense';
import { constants, flushedExp } from './math';

/** out[p, k] = exp(coefficient (distance[p] - centres[k])^2); [P], [K] -> [P, K] */
export function gaussians(
  distance: usize,
  centres: usize,
  coefficient: f32,
  out: usize,
  count: i32,
  width: i32,
): void {
  const c = constants();
  const scale = f32x4.splat(coefficient);
  for (let p = 0; p < count; p++) {
    const d = v128.load32_splat(distance);
    for (let k = 0; k < width; k += 4) {
      const at = (<usize>k) << 2;
      const offset = f32x4.sub(d, loadPart(centres + at, width - k));
      const exponent = f32x4.mul(scale, f32x4.mul(offset, offset));
      storePart(out + at, flushedExp(exponent, c), width - k);
    }
    distance += 4;
    out += (<usize>width) << 2;
  }
}
