/**
 * Sums over neighbours. Edges lie sorted by target, so the edges into atom i are [start[i], start[i + 1]).
 * Loops over atoms are outermost: each output row is written once, in a fixed order, and stays in the first cache.
 */

import { loadPart, storePart } from './dense';
import { multiplyAdd } from './math';

/**
 * out[i] = sum over edges e into i of x[source[e]] * w[p] scale[p], p = row[e]: SchNet's continuous-filter
 * convolution. The filter has one row an undirected pair, so with w unchanged this is its own gradient in x (the graph
 * is symmetric).
 *
 * @param x [N, F] @param w [P, F] @param scale [P] @param source [E] @param row [E] pair of each edge
 * @param start [N + 1] @param out [N, F]
 */
export function filterSum(
  x: usize,
  w: usize,
  scale: usize,
  source: usize,
  row: usize,
  start: usize,
  out: usize,
  atoms: i32,
  features: i32,
): void {
  const stride = (<usize>features) << 2;
  for (let i = 0; i < atoms; i++) {
    const first = load<i32>(start + ((<usize>i) << 2));
    const last = load<i32>(start + ((<usize>i) << 2), 4);
    let f: i32 = 0;
    for (; f + 16 <= features; f += 16) {
      const at = (<usize>f) << 2;
      let s0 = f32x4.splat(0);
      let s1 = f32x4.splat(0);
      let s2 = f32x4.splat(0);
      let s3 = f32x4.splat(0);
      for (let e = first; e < last; e++) {
        const p = <usize>load<u32>(row + ((<usize>e) << 2));
        const xe = x + at + stride * load<u32>(source + ((<usize>e) << 2));
        const we = w + at + stride * p;
        const s = v128.load32_splat(scale + (p << 2));
        s0 = multiplyAdd(f32x4.mul(s, v128.load(xe)), v128.load(we), s0);
        s1 = multiplyAdd(f32x4.mul(s, v128.load(xe, 16)), v128.load(we, 16), s1);
        s2 = multiplyAdd(f32x4.mul(s, v128.load(xe, 32)), v128.load(we, 32), s2);
        s3 = multiplyAdd(f32x4.mul(s, v128.load(xe, 48)), v128.load(we, 48), s3);
      }
      v128.store(out + at, s0);
      v128.store(out + at, s1, 16);
      v128.store(out + at, s2, 32);
      v128.store(out + at, s3, 48);
    }
    for (; f < features; f += 4) {
      const at = (<usize>f) << 2;
      const count = features - f;
      let sum = f32x4.splat(0);
      for (let e = first; e < last; e++) {
        const p = <usize>load<u32>(row + ((<usize>e) << 2));
        const xe = x + at + stride * load<u32>(source + ((<usize>e) << 2));
        const scaled = f32x4.mul(v128.load32_splat(scale + (p << 2)), loadPart(xe, count));
        sum = multiplyAdd(scaled, loadPart(w + at + stride * p, count), sum);
      }
      storePart(out + at, sum, count);
    }
    out += stride;
  }
}

/**
 * Gradient of filterSum in w: dw[p] = scale[p] (x[j] * dy[i] + x[i] * dy[j]) for the pair p = {i, j}.
 *
 * @param atomsOfPair [P, 2] @param dw [P, F]
 */
export function filterSumFilterGradient(
  x: usize,
  dy: usize,
  scale: usize,
  atomsOfPair: usize,
  dw: usize,
  pairs: i32,
  features: i32,
): void {
  const stride = (<usize>features) << 2;
  for (let p = 0; p < pairs; p++) {
    const i = stride * load<u32>(atomsOfPair);
    const j = stride * load<u32>(atomsOfPair, 4);
    const s = v128.load32_splat(scale);
    for (let f = 0; f < features; f += 4) {
      const at = (<usize>f) << 2;
      const count = features - f;
      const ij = f32x4.mul(loadPart(x + j + at, count), loadPart(dy + i + at, count));
      const both = multiplyAdd(loadPart(x + i + at, count), loadPart(dy + j + at, count), ij);
      storePart(dw + at, f32x4.mul(s, both), count);
    }
    atomsOfPair += 8;
    scale += 4;
    dw += stride;
  }
}

/** out[r] = x[index[r]], a zero row where the index is `none` (padding). */
export function gatherRows(x: usize, index: usize, out: usize, rows: i32, features: i32, none: i32): void {
  const stride = (<usize>features) << 2;
  for (let r = 0; r < rows; r++) {
    const from = load<i32>(index + ((<usize>r) << 2));
    if (from === none) memory.fill(out, 0, stride);
    else memory.copy(out, x + stride * <usize>from, stride);
    out += stride;
  }
}

/**
 * out[r] = sum over k of x[slots[r, k]], padding slots hold `none`: the sum of the rows each output row owns. With the
 * table of the rows that gathered from r this is also the gradient of gatherRows.
 */
export function sumSlots(
  x: usize,
  slots: usize,
  out: usize,
  rows: i32,
  columns: i32,
  features: i32,
  none: i32,
): void {
  const stride = (<usize>features) << 2;
  for (let r = 0; r < rows; r++) {
    memory.fill(out, 0, stride);
    for (let k = 0; k < columns; k++) {
      const from = load<i32>(slots + ((<usize>k) << 2));
      if (from === none) continue;
      const row = x + stride * <usize>from;
      for (let f = 0; f < features; f += 4) {
        const at = (<usize>f) << 2;
        const count = features - f;
        storePart(out + at, f32x4.add(loadPart(out + at, count), loadPart(row + at, count)), count);
      }
    }
    slots += (<usize>columns) << 2;
    out += stride;
  }
}

/** out[index[r]] += x[r]; `out` [outRows, F] is cleared first. For few output rows (an embedding's gradient). */
export function addRowsTo(x: usize, index: usize, out: usize, rows: i32, outRows: i32, features: i32): void {
  const stride = (<usize>features) << 2;
  memory.fill(out, 0, stride * <usize>outRows);
  for (let r = 0; r < rows; r++) {
    const row = out + stride * load<u32>(index + ((<usize>r) << 2));
    for (let f = 0; f < features; f += 4) {
      const at = (<usize>f) << 2;
      const count = features - f;
      storePart(row + at, f32x4.add(loadPart(row + at, count), loadPart(x + at, count)), count);
    }
    x += stride;
  }
}
