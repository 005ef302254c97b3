/*
 * The functions of distance and angle that DimeNet expands triplets in: no weights, so float64 here and rounded to
 * float32 once. J. Klicpera, J. Gross, S. Guennemann: Directional Message Passing for Molecular Graphs. ICLR 2020,
 * arXiv:2003.03123, equations 6 to 8; but the angle is taken at another atom (see `Triplets`), and the envelope that
 * multiplies the Bessel functions is the one divided by x, both as in PyTorch Geometric.
 */
import type { Batch, Triplets } from './batch.ts';

const { cos, PI, sin, sqrt } = Math;

/**
 * j_0(y) .. j_{degrees - 1}(y), the spherical Bessel functions of the first kind, written into `values`.
 * Upward recurrence from sin y / y, which loses digits where y is much less than l: there the power series.
 */
export function sphericalBessel(y: number, degrees: number, values: Float64Array): void {
  const s = sin(y);
  const c = cos(y);
  values[0] = y === 0 ? 1 : s / y;
  let before = y === 0 ? 0 : c / y;
  for (let l = 1; l < degrees; l++) {
    if (2 * y < l) {
      values[l] = besselSeries(l, y);
      continue;
    }
    const next = ((2 * l - 1) / y) * values[l - 1] - before;
    before = values[l - 1];
    values[l] = next;
  }
}

/** j_l(y) = y^l / (2l + 1)!! (1 - y^2/2 / (2l + 3) + (y^2/2)^2 / (2! (2l + 3)(2l + 5)) - ...) */
function besselSeries(l: number, y: number): number {
  let term = 1;
  for (let k = 1; k <= l; k++) term *= y / (2 * k + 1);
  let sum = term;
  for (let k = 1; Math.abs(term) > 1e-17 * Math.abs(sum); k++) {
    term *= (-y * y) / (2 * k * (2 * l + 2 * k + 1));
    sum += term;
  }
  return sum;
}

/**
 * The first `count` positive zeros of j_0 .. j_{degrees - 1}, row by row: [degrees, count]. Rounded to float32, as
 * PyTorch Geometric keeps them.
 */
export function besselZeros(degrees: number, count: number): Float32Array {
  const zeros = new Float32Array(degrees * count);
  const values = new Float64Array(degrees);
  // Between two zeros of j_{l-1} is one of j_l: each row of n makes the next one of n - 1.
  let row = Float64Array.from({ length: count + degrees - 1 }, (_, n) => (n + 1) * PI);
  zeros.set(row.subarray(0, count));
  for (let l = 1; l < degrees; l++) {
    const at = (y: number) => {
      sphericalBessel(y, l + 1, values);
      return values[l];
    };
    row = row.subarray(0, -1).map((low, n) => bisect(at, low, row[n + 1]));
    zeros.set(row.subarray(0, count), l * count);
  }
  return zeros;
}

/** Where a function that changes sign once in (low, high) does so, to the last bit. */
function bisect(f: (x: number) => number, low: number, high: number): number {
  const negative = f(low) < 0;
  let [a, b] = [low, high];
  for (;;) {
    const middle = (a + b) / 2;
    if (middle <= a || middle >= b) return middle;
    if (f(middle) < 0 === negative) a = middle;
    else b = middle;
  }
}

/** What j_l(z_ln x) is multiplied by, so that the radial functions are orthonormal on the unit ball: [degrees, count]. */
export function besselNormalisers(zeros: Float32Array, degrees: number): Float64Array {
  const count = zeros.length / degrees;
  const values = new Float64Array(degrees + 1);
  return Float64Array.from(zeros, (zero, at) => {
    const l = Math.floor(at / count);
    sphericalBessel(zero, l + 2, values);
    return Math.SQRT2 / Math.abs(values[l + 1]);
  });
}

/** u(x) = 1/x + a x^(p-1) + b x^p + c x^(p+1), p = exponent + 1: the envelope of equation 8 divided by x; 0 from 1 on. */
export function envelope(x: number, exponent: number): number {
  if (x >= 1) return 0;
  const p = exponent + 1;
  const a = (-(p + 1) * (p + 2)) / 2;
  const b = p * (p + 2);
  const c = (-p * (p + 1)) / 2;
  return 1 / x + x ** (p - 1) * (a + x * (b + x * c));
}

export interface SphericalBasis {
  /** Degrees l = 0 .. numSpherical - 1. */
  readonly numSpherical: number;
  /** Zeros n = 1 .. numRadial of each degree. */
  readonly numRadial: number;
  /** Angstrom. */
  readonly cutoff: number;
  /** PyTorch Geometric's `envelope_exponent`. */
  readonly envelopeExponent: number;
}

/**
 * R_ln(d) = u(x) N_ln j_l(z_ln x), x = d / cutoff, of every undirected pair: [P, numSpherical numRadial] with n the
 * fastest. The distance is taken from the positions in float64.
 */
export function radialFunctions(batch: Batch, basis: SphericalBasis): Float32Array {
  const { numSpherical, numRadial, cutoff, envelopeExponent } = basis;
  const { pairs, pairEdges, positions, source, target } = batch;
  const zeros = besselZeros(numSpherical, numRadial);
  const normalisers = besselNormalisers(zeros, numSpherical);
  const width = numSpherical * numRadial;
  const out = new Float32Array(pairs * width);
  const values = new Float64Array(numSpherical);
  for (let p = 0; p < pairs; p++) {
    const i = 3 * target[pairEdges[2 * p]];
    const j = 3 * source[pairEdges[2 * p]];
    const dx = positions[i] - positions[j];
    const dy = positions[i + 1] - positions[j + 1];
    const dz = positions[i + 2] - positions[j + 2];
    const x = sqrt(dx * dx + dy * dy + dz * dz) / cutoff;
    const u = envelope(x, envelopeExponent);
    for (let at = 0; at < width; at++) {
      const l = (at / numRadial) | 0;
      sphericalBessel(zeros[at] * x, l + 1, values);
      out[p * width + at] = u * normalisers[at] * values[l];
    }
  }
  return out;
}

/**
 * Y_l(theta) = sqrt((2l + 1) / 4 pi) P_l(cos theta), l = 0 .. numSpherical - 1, for every place of the triplets'
 * squares: [Q, numSpherical]. All zero on the diagonals, so that what is multiplied by it has no weight for k = i.
 */
export function angularFunctions(triplets: Triplets, numSpherical: number): Float32Array {
  const { squareStart, cosine } = triplets;
  const scale = Float64Array.from({ length: numSpherical }, (_, l) => sqrt((2 * l + 1) / (4 * PI)));
  // Bonnet: P_l = (2l - 1)/l x P_{l-1} - (l - 1)/l P_{l-2}
  const rise = Float64Array.from({ length: numSpherical }, (_, l) => (2 * l - 1) / l);
  const fall = Float64Array.from({ length: numSpherical }, (_, l) => (l - 1) / l);
  const out = new Float32Array(cosine.length * numSpherical);
  for (let j = 0; j + 1 < squareStart.length; j++) {
    const first = squareStart[j];
    const last = squareStart[j + 1];
    const degree = sqrt(last - first);
    for (let row = first, diagonal = first; row < last; row += degree, diagonal += degree + 1) {
      for (let q = row; q < row + degree; q++) {
        if (q === diagonal) continue;
        const at = q * numSpherical;
        const x = cosine[q];
        let before = 0;
        let legendre = 1;
        out[at] = scale[0];
        for (let l = 1; l < numSpherical; l++) {
          const next = rise[l] * x * legendre - fall[l] * before;
          before = legendre;
          legendre = next;
          out[at + l] = scale[l] * next;
        }
      }
    }
  }
  return out;
}
