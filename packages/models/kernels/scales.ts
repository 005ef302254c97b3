/**
 * Sums of terms that are scaled by a number a row: y [groups, rows, width, terms], scales [rows, terms],
 * out [rows, groups, width].
 */
export function sumScaled(
  y: usize,
  scales: usize,
  out: usize,
  groups: i32,
  rows: i32,
  width: i32,
  terms: i32,
): void {
  for (let g = 0; g < groups; g++) {
    for (let r = 0; r < rows; r++) {
      const scale = scales + ((<usize>(r * terms)) << 2);
      const to = out + ((<usize>((r * groups + g) * width)) << 2);
      for (let o = 0; o < width; o++) {
        let sum: f32 = 0;
        for (let s = 0; s < terms; s++) {
          const at = (<usize>s) << 2;
          sum += load<f32>(scale + at) * load<f32>(y + at);
        }
        store<f32>(to + ((<usize>o) << 2), sum);
        y += (<usize>terms) << 2;
      }
    }
  }
}

/** The gradient dout taken to dy. */
export function sumScaledGradient(
  dout: usize,
  scales: usize,
  dy: usize,
  groups: i32,
  rows: i32,
  width: i32,
  terms: i32,
): void {
  for (let g = 0; g < groups; g++) {
    for (let r = 0; r < rows; r++) {
      const scale = scales + ((<usize>(r * terms)) << 2);
      const from = dout + ((<usize>((r * groups + g) * width)) << 2);
      for (let o = 0; o < width; o++) {
        const d = load<f32>(from + ((<usize>o) << 2));
        for (let s = 0; s < terms; s++) {
          const at = (<usize>s) << 2;
          store<f32>(dy + at, d * load<f32>(scale + at));
        }
        dy += (<usize>terms) << 2;
      }
    }
  }
}
