/**
 * C [m, n] (+)= op(A) op(B) in float32, row-major: what dense layers and their gradients are made of.
 *
 * B is packed into panels of 8 columns, 256 rows of K at a time (8 kB a panel: it stays in the first cache), and a
 * 6 x 8 block of C is kept in registers while a panel is walked. Transposes change only how A is strided and how B
 * is packed, so a weight gradient (A transposed, long K) runs as fast as a forward product.
 */
import { multiplyAdd } from './math';

const panelDepth: i32 = 256;

/** Panel[k][0..8] = B[k0 + k, j0 + 0..8] for B stored [k, n]; columns beyond `nr` are zero. */
function packRows(b: usize, ldb: usize, kc: i32, nr: i32, panel: usize): void {
  if (nr === 8) {
    for (let k = 0; k < kc; k++) {
      v128.store(panel, v128.load(b));
      v128.store(panel, v128.load(b, 16), 16);
      b += ldb;
      panel += 32;
    }
    return;
  }
  for (let k = 0; k < kc; k++) {
    for (let j = 0; j < 8; j++) {
      store<f32>(panel + ((<usize>j) << 2), j < nr ? load<f32>(b + ((<usize>j) << 2)) : 0);
    }
    b += ldb;
    panel += 32;
  }
}

/** The same for B stored transposed, [n, k]. */
function packColumns(b: usize, ldb: usize, kc: i32, nr: i32, panel: usize): void {
  for (let j = 0; j < 8; j++) {
    let from = b + <usize>j * ldb;
    let to = panel + ((<usize>j) << 2);
    if (j < nr) {
      for (let k = 0; k < kc; k++) {
        store<f32>(to, load<f32>(from));
        from += 4;
        to += 32;
      }
    } else {
      for (let k = 0; k < kc; k++) {
        store<f32>(to, 0);
        to += 32;
      }
    }
  }
}

/** A full 6 x 8 block: twelve accumulators, two panel vectors and one broadcast fill the sixteen registers. */
function block6x8(
  a: usize,
  rowStride: usize,
  columnStride: usize,
  kc: i32,
  panel: usize,
  c: usize,
  ldc: usize,
  accumulate: bool,
): void {
  let c00 = f32x4.splat(0);
  let c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0);
  let c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0);
  let c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0);
  let c31 = f32x4.splat(0);
  let c40 = f32x4.splat(0);
  let c41 = f32x4.splat(0);
  let c50 = f32x4.splat(0);
  let c51 = f32x4.splat(0);
  const a1 = a + rowStride;
  const a2 = a1 + rowStride;
  const a3 = a2 + rowStride;
  const a4 = a3 + rowStride;
  const a5 = a4 + rowStride;
  let at: usize = 0;
  for (let k = 0; k < kc; k++) {
    const b0 = v128.load(panel);
    const b1 = v128.load(panel, 16);
    panel += 32;
    let x = v128.load32_splat(a + at);
    c00 = multiplyAdd(x, b0, c00);
    c01 = multiplyAdd(x, b1, c01);
    x = v128.load32_splat(a1 + at);
    c10 = multiplyAdd(x, b0, c10);
    c11 = multiplyAdd(x, b1, c11);
    x = v128.load32_splat(a2 + at);
    c20 = multiplyAdd(x, b0, c20);
    c21 = multiplyAdd(x, b1, c21);
    x = v128.load32_splat(a3 + at);
    c30 = multiplyAdd(x, b0, c30);
    c31 = multiplyAdd(x, b1, c31);
    x = v128.load32_splat(a4 + at);
    c40 = multiplyAdd(x, b0, c40);
    c41 = multiplyAdd(x, b1, c41);
    x = v128.load32_splat(a5 + at);
    c50 = multiplyAdd(x, b0, c50);
    c51 = multiplyAdd(x, b1, c51);
    at += columnStride;
  }
  storeRow(c, c00, c01, accumulate);
  c += ldc;
  storeRow(c, c10, c11, accumulate);
  c += ldc;
  storeRow(c, c20, c21, accumulate);
  c += ldc;
  storeRow(c, c30, c31, accumulate);
  c += ldc;
  storeRow(c, c40, c41, accumulate);
  c += ldc;
  storeRow(c, c50, c51, accumulate);
}

function storeRow(c: usize, low: v128, high: v128, accumulate: bool): void {
  if (accumulate) {
    low = f32x4.add(low, v128.load(c));
    high = f32x4.add(high, v128.load(c, 16));
  }
  v128.store(c, low);
  v128.store(c, high, 16);
}

/** Four rows, for what six leave over. */
function block4x8(
  a: usize,
  rowStride: usize,
  columnStride: usize,
  kc: i32,
  panel: usize,
  c: usize,
  ldc: usize,
  accumulate: bool,
): void {
  let c00 = f32x4.splat(0);
  let c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0);
  let c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0);
  let c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0);
  let c31 = f32x4.splat(0);
  const a1 = a + rowStride;
  const a2 = a1 + rowStride;
  const a3 = a2 + rowStride;
  let at: usize = 0;
  for (let k = 0; k < kc; k++) {
    const b0 = v128.load(panel);
    const b1 = v128.load(panel, 16);
    panel += 32;
    let x = v128.load32_splat(a + at);
    c00 = multiplyAdd(x, b0, c00);
    c01 = multiplyAdd(x, b1, c01);
    x = v128.load32_splat(a1 + at);
    c10 = multiplyAdd(x, b0, c10);
    c11 = multiplyAdd(x, b1, c11);
    x = v128.load32_splat(a2 + at);
    c20 = multiplyAdd(x, b0, c20);
    c21 = multiplyAdd(x, b1, c21);
    x = v128.load32_splat(a3 + at);
    c30 = multiplyAdd(x, b0, c30);
    c31 = multiplyAdd(x, b1, c31);
    at += columnStride;
  }
  storeRow(c, c00, c01, accumulate);
  c += ldc;
  storeRow(c, c10, c11, accumulate);
  c += ldc;
  storeRow(c, c20, c21, accumulate);
  c += ldc;
  storeRow(c, c30, c31, accumulate);
}

/** One row. */
function block1x8(a: usize, columnStride: usize, kc: i32, panel: usize, c: usize, accumulate: bool): void {
  let low = f32x4.splat(0);
  let high = f32x4.splat(0);
  for (let k = 0; k < kc; k++) {
    const x = v128.load32_splat(a);
    low = multiplyAdd(x, v128.load(panel), low);
    high = multiplyAdd(x, v128.load(panel, 16), high);
    panel += 32;
    a += columnStride;
  }
  storeRow(c, low, high, accumulate);
}

/** How many of `left` rows the next block takes: 6, or 4 where that leaves fewer single rows. */
function blockRows(left: i32): i32 {
  if (left >= 10 || left === 6 || left === 7) return 6;
  return left >= 4 ? 4 : 1;
}

function block(
  a: usize,
  rowStride: usize,
  columnStride: usize,
  kc: i32,
  panel: usize,
  c: usize,
  ldc: usize,
  accumulate: bool,
  mr: i32,
): void {
  if (mr === 6) block6x8(a, rowStride, columnStride, kc, panel, c, ldc, accumulate);
  else if (mr === 4) block4x8(a, rowStride, columnStride, kc, panel, c, ldc, accumulate);
  else block1x8(a, columnStride, kc, panel, c, accumulate);
}

/** Add (or copy) the first nr columns of mr rows of eight at `spare` to C. */
function copyPart(spare: usize, c: usize, ldc: usize, accumulate: bool, mr: i32, nr: i32): void {
  for (let i = 0; i < mr; i++) {
    for (let j = 0; j < nr; j++) {
      const at = (<usize>j) << 2;
      const sum = load<f32>(spare + at) + (accumulate ? load<f32>(c + at) : 0);
      store<f32>(c + at, sum);
    }
    spare += 32;
    c += ldc;
  }
}

/** Bytes of scratch that `gemm` needs for n columns: the panels, and one spare block for columns over the rim. */
export function gemmScratchBytes(n: i32): i32 {
  return ((n + 7) >> 3) * panelDepth * 32 + 6 * 32;
}

/**
 * @param a,b,c - byte addresses; A is [m, k] ([k, m] when transposed), B is [k, n] ([n, k] when transposed)
 * @param scratch - byte address of gemmScratchBytes(n) bytes
 */
export function gemm(
  a: usize,
  transposeA: bool,
  b: usize,
  transposeB: bool,
  c: usize,
  m: i32,
  n: i32,
  k: i32,
  scratch: usize,
  accumulate: bool,
): void {
  const rowStride: usize = transposeA ? 4 : (<usize>k) << 2;
  const columnStride: usize = transposeA ? (<usize>m) << 2 : 4;
  const ldb: usize = (<usize>(transposeB ? k : n)) << 2;
  const ldc = (<usize>n) << 2;
  const panels = (n + 7) >> 3;
  const spare = scratch + ((<usize>(panels * panelDepth)) << 5);
  for (let k0 = 0; k0 < k; k0 += panelDepth) {
    const kc = min(panelDepth, k - k0);
    for (let p = 0; p < panels; p++) {
      const j0 = p << 3;
      const nr = min(8, n - j0);
      const panel = scratch + ((<usize>(p * kc)) << 5);
      if (transposeB) packColumns(b + <usize>j0 * ldb + ((<usize>k0) << 2), ldb, kc, nr, panel);
      else packRows(b + <usize>k0 * ldb + ((<usize>j0) << 2), ldb, kc, nr, panel);
    }
    const add = accumulate || k0 > 0;
    for (let i = 0; i < m; ) {
      const mr = blockRows(m - i);
      const rows = a + <usize>i * rowStride + <usize>k0 * columnStride;
      for (let p = 0; p < panels; p++) {
        const j0 = p << 3;
        const nr = min(8, n - j0);
        const panel = scratch + ((<usize>(p * kc)) << 5);
        const to = c + <usize>i * ldc + ((<usize>j0) << 2);
        if (nr === 8) {
          block(rows, rowStride, columnStride, kc, panel, to, ldc, add, mr);
        } else {
          block(rows, rowStride, columnStride, kc, panel, spare, 32, false, mr);
          copyPart(spare, to, ldc, add, mr, nr);
        }
      }
      i += mr;
    }
  }
}
