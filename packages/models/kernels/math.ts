/** Elementwise functions on four float32 at a time. */

/** a b + c: one rounding where relaxed SIMD is compiled in, two otherwise. */
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/**
 * e^x to about one unit in the last place for x in [-87, 88], clamped outside.
 * e^x = 2^k e^r with k = round(x / ln 2) and r in [-ln2/2, ln2/2]; ln 2 is subtracted in two parts so that r keeps
 * its digits; e^r by its Taylor polynomial of degree 7 (remainder below 2^-25).
 */
export function exp(x: v128): v128 {
  x = f32x4.max(f32x4.min(x, f32x4.splat(88)), f32x4.splat(-87));
  const k = f32x4.nearest(f32x4.mul(x, f32x4.splat(Mathf.LOG2E)));
  let r = f32x4.sub(x, f32x4.mul(k, f32x4.splat(0.693359375)));
  r = f32x4.sub(r, f32x4.mul(k, f32x4.splat(-2.1219444e-4)));
  let p = f32x4.splat(1.0 / 5040);
  p = multiplyAdd(p, r, f32x4.splat(1.0 / 720));
  p = multiplyAdd(p, r, f32x4.splat(1.0 / 120));
  p = multiplyAdd(p, r, f32x4.splat(1.0 / 24));
  p = multiplyAdd(p, r, f32x4.splat(1.0 / 6));
  p = multiplyAdd(p, r, f32x4.splat(0.5));
  p = multiplyAdd(p, r, f32x4.splat(1));
  p = multiplyAdd(p, r, f32x4.splat(1));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(k), i32x4.splat(127)), 23);
  return f32x4.mul(p, power);
}

/**
 * ln(1 + u) for u in [0, 1], to about 1e-7 absolute: 2 artanh(s), s = u / (2 + u) <= 1/3, as an odd series in s.
 */
export function log1p(u: v128): v128 {
  const s = f32x4.div(u, f32x4.add(u, f32x4.splat(2)));
  const s2 = f32x4.mul(s, s);
  let p = f32x4.splat(2.0 / 13);
  p = multiplyAdd(p, s2, f32x4.splat(2.0 / 11));
  p = multiplyAdd(p, s2, f32x4.splat(2.0 / 9));
  p = multiplyAdd(p, s2, f32x4.splat(2.0 / 7));
  p = multiplyAdd(p, s2, f32x4.splat(2.0 / 5));
  p = multiplyAdd(p, s2, f32x4.splat(2.0 / 3));
  p = multiplyAdd(p, s2, f32x4.splat(2));
  return f32x4.mul(p, s);
}

/** 1 / (1 + e^-x) */
export function sigmoid(x: v128): v128 {
  return f32x4.div(f32x4.splat(1), f32x4.add(f32x4.splat(1), exp(f32x4.neg(x))));
}

/** Shifted softplus ln(1 + e^x) - ln 2 = max(x, 0) + ln(1 + e^-|x|) - ln 2: never overflows. */
export function ssp(x: v128): v128 {
  const tail = log1p(exp(f32x4.neg(f32x4.abs(x))));
  return f32x4.sub(f32x4.add(f32x4.max(x, f32x4.splat(0)), tail), f32x4.splat(0.6931471824645996));
}
