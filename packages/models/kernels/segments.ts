/**
 * Grouped matrix products: rows come in S segments, segment s being rows [start[s], start[s + 1]), and every segment
 * has a matrix of its own. NNConv's sum of outer products over neighbours and DimeNet's bilinear layer are these.
 */
import { gemm } from './gemm';

/** c[s] [m, n] = sum over rows r of segment s of a[r] (outer) b[r]; a [R, m], b [R, n], c [S, m, n]. */
export function segmentOuter(
  a: usize,
  b: usize,
  start: usize,
  c: usize,
  segments: i32,
  m: i32,
  n: i32,
  scratch: usize,
): void {
  const size = (<usize>(m * n)) << 2;
  for (let s = 0; s < segments; s++) {
    const first = load<i32>(start + ((<usize>s) << 2));
    const rows = load<i32>(start + ((<usize>s) << 2), 4) - first;
    if (rows === 0) memory.fill(c, 0, size);
    else {
      const from = (<usize>first) << 2;
      gemm(a + from * <usize>m, true, b + from * <usize>n, false, c, m, n, rows, scratch, false);
    }
    c += size;
  }
}

/**
 * c[r] [n] = a[r] [k] times the matrix of r's segment: b[s] is [k, n], or [n, k] when `transposed`.
 * The gradients of segmentOuter are two of these.
 */
export function segmentRowsTimes(
  a: usize,
  b: usize,
  transposed: bool,
  start: usize,
  c: usize,
  segments: i32,
  n: i32,
  k: i32,
  scratch: usize,
): void {
  const size = (<usize>(k * n)) << 2;
  for (let s = 0; s < segments; s++) {
    const first = load<i32>(start + ((<usize>s) << 2));
    const rows = load<i32>(start + ((<usize>s) << 2), 4) - first;
    const from = (<usize>first) << 2;
    if (rows > 0)
      gemm(a + from * <usize>k, false, b, transposed, c + from * <usize>n, rows, n, k, scratch, false);
    b += size;
  }
}

/**
 * Square segments: segment s has d = start[s + 1] - start[s] rows and a matrix w[s] [d * width, d] (or its transpose
 * applied), laid one after another. Forward: c[s] [d * width, n] = w[s] b[s]; so c is [R * width, n] for b [R, n].
 */
export function squareTimesRows(
  w: usize,
  b: usize,
  start: usize,
  c: usize,
  segments: i32,
  width: i32,
  n: i32,
  scratch: usize,
): void {
  for (let s = 0; s < segments; s++) {
    const first = load<i32>(start + ((<usize>s) << 2));
    const d = load<i32>(start + ((<usize>s) << 2), 4) - first;
    if (d > 0) {
      const row = ((<usize>first) << 2) * <usize>n;
      gemm(w, false, b + row, false, c + row * <usize>width, d * width, n, d, scratch, false);
    }
    w += (<usize>(d * d * width)) << 2;
  }
}

/** Gradient of squareTimesRows in b: db[s] [d, n] = w[s]^T dc[s]. */
export function squareTimesRowsGradient(
  w: usize,
  dc: usize,
  start: usize,
  db: usize,
  segments: i32,
  width: i32,
  n: i32,
  scratch: usize,
): void {
  for (let s = 0; s < segments; s++) {
    const first = load<i32>(start + ((<usize>s) << 2));
    const d = load<i32>(start + ((<usize>s) << 2), 4) - first;
    if (d > 0) {
      const row = ((<usize>first) << 2) * <usize>n;
      gemm(w, true, dc + row * <usize>width, false, db + row, d, n, d * width, scratch, false);
    }
    w += (<usize>(d * d * width)) << 2;
  }
}

/** Gradient of squareTimesRows in w: dw[s] [d * width, d] = dc[s] b[s]^T. */
export function squareTimesRowsWeightGradient(
  b: usize,
  dc: usize,
  start: usize,
  dw: usize,
  segments: i32,
  width: i32,
  n: i32,
  scratch: usize,
): void {
  for (let s = 0; s < segments; s++) {
    const first = load<i32>(start + ((<usize>s) << 2));
    const d = load<i32>(start + ((<usize>s) << 2), 4) - first;
    if (d > 0) {
      const row = ((<usize>first) << 2) * <usize>n;
      gemm(dc + row * <usize>width, false, b + row, true, dw, d * width, d, n, scratch, false);
    }
    dw += (<usize>(d * d * width)) << 2;
  }
}
