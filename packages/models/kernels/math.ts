/**
 * Elementwise functions on four float32 at a time.
 *
 * V8 builds a vector constant anew each time round a loop, in several instructions, where reading it from memory is
 * one: e^x runs 2.3 times as fast so. The constants therefore stand in a table; `prepare` says where, and each
 * function takes that address, which its caller reads once (`constants`) before its loop.
 */

let table: usize = 0;

/** Bytes that `prepare` needs. */
export function tableBytes(): i32 {
  return 24 * 4;
}

/** Write the constants to `at`, where they must stay. Called once before any other function. */
export function prepare(at: usize): void {
  table = at;
  store<f32>(at, 88, 0);
  store<f32>(at, -87, 4);
  store<f32>(at, Mathf.LOG2E, 8);
  // 1.5 x 2^23: a float32 added to it is rounded to an integer, which then stands in the low bits of the sum.
  store<f32>(at, 12582912, 12);
  // ln 2 in two parts, so that an integer times the first is exact.
  store<f32>(at, -0.693359375, 16);
  store<f32>(at, 2.1219444e-4, 20);
  store<f32>(at, 1.0 / 5040, 24);
  store<f32>(at, 1.0 / 720, 28);
  store<f32>(at, 1.0 / 120, 32);
  store<f32>(at, 1.0 / 24, 36);
  store<f32>(at, 1.0 / 6, 40);
  store<f32>(at, 0.5, 44);
  store<f32>(at, 1, 48);
  store<i32>(at, 127, 52);
  store<f32>(at, 2, 56);
  store<f32>(at, 2.0 / 13, 60);
  store<f32>(at, 2.0 / 11, 64);
  store<f32>(at, 2.0 / 9, 68);
  store<f32>(at, 2.0 / 7, 72);
  store<f32>(at, 2.0 / 5, 76);
  store<f32>(at, 2.0 / 3, 80);
  store<f32>(at, 0.6931471824645996, 84);
  store<f32>(at, 0, 88);
  store<f32>(at, -69, 92);
}

/** Where the table stands: to be read once before a loop and handed to the functions below. */
export function constants(): usize {
  return table;
}

function constant(c: usize, offset: usize): v128 {
  return v128.load32_splat(c + offset);
}

export function half(c: usize): v128 {
  return constant(c, 44);
}

export function one(c: usize): v128 {
  return constant(c, 48);
}

export function two(c: usize): v128 {
  return constant(c, 56);
}

export function zero(c: usize): v128 {
  return constant(c, 88);
}

/** a b + c: one rounding where relaxed SIMD is compiled in, two otherwise. */
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/**
 * e^x to about one unit in the last place for x in [-87, 88], clamped outside; NaN stays NaN.
 * e^x = 2^k e^r with k = round(x / ln 2) and r in [-ln2/2, ln2/2]; ln 2 is subtracted in two parts so that r keeps
 * its digits; e^r by its Taylor polynomial of degree 7 (remainder below 2^-25), its terms in pairs (Estrin) so that
 * they do not wait for one another.
 */
export function exp(x: v128, c: usize): v128 {
  x = f32x4.pmax(f32x4.pmin(x, constant(c, 0)), constant(c, 4));
  const rounder = constant(c, 12);
  const shifted = multiplyAdd(x, constant(c, 8), rounder);
  const k = f32x4.sub(shifted, rounder);
  let r = multiplyAdd(k, constant(c, 16), x);
  r = multiplyAdd(k, constant(c, 20), r);
  const r2 = f32x4.mul(r, r);
  const p67 = multiplyAdd(r, constant(c, 24), constant(c, 28));
  const p45 = multiplyAdd(r, constant(c, 32), constant(c, 36));
  const p23 = multiplyAdd(r, constant(c, 40), half(c));
  const p01 = f32x4.add(r, one(c));
  const p = multiplyAdd(f32x4.mul(r2, r2), multiplyAdd(r2, p67, p45), multiplyAdd(r2, p23, p01));
  const power = i32x4.shl(i32x4.add(shifted, constant(c, 52)), 23);
  return f32x4.mul(p, power);
}

/** e^x for x <= 0, with 0 below -69 (1e-30), so that no product with it is denormal, and slow. */
export function flushedExp(x: v128, c: usize): v128 {
  return v128.andnot(exp(x, c), f32x4.lt(x, constant(c, 92)));
}

/**
 * ln(1 + u) for u in [0, 1], to about 1e-7 absolute: 2 artanh(s), s = u / (2 + u) <= 1/3, as an odd series in s.
 */
export function log1p(u: v128, c: usize): v128 {
  const s = f32x4.div(u, f32x4.add(u, two(c)));
  const s2 = f32x4.mul(s, s);
  const s4 = f32x4.mul(s2, s2);
  const p45 = multiplyAdd(s2, constant(c, 64), constant(c, 68));
  const p23 = multiplyAdd(s2, constant(c, 72), constant(c, 76));
  const p01 = multiplyAdd(s2, constant(c, 80), two(c));
  const high = multiplyAdd(s4, constant(c, 60), p45);
  const p = multiplyAdd(s4, multiplyAdd(s4, high, p23), p01);
  return f32x4.mul(p, s);
}

/** 1 / (1 + e^-x) */
export function sigmoid(x: v128, c: usize): v128 {
  return f32x4.div(one(c), f32x4.add(one(c), exp(f32x4.neg(x), c)));
}

/** Shifted softplus ln(1 + e^x) - ln 2 = max(x, 0) + ln(1 + e^-|x|) - ln 2: never overflows. */
export function ssp(x: v128, c: usize): v128 {
  const tail = log1p(exp(f32x4.neg(f32x4.abs(x)), c), c);
  return f32x4.sub(f32x4.add(f32x4.pmax(x, zero(c)), tail), constant(c, 84));
}
