import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  angularFunctions,
  besselNormalisers,
  besselZeros,
  buildGraphs,
  collate,
  envelope,
  radialFunctions,
  sphericalBessel,
} from '../src/index.ts';
import { goldenSet } from './golden.ts';

const fixture = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`./fixtures/${name}`, import.meta.url), 'utf8'));

const bessel = fixture('golden-bessel.json') as {
  readonly zeros_f32: readonly (readonly number[])[];
  readonly normalizer_f64: readonly (readonly number[])[];
};
const dimenet = fixture('golden-dimenet.json') as Readonly<
  Record<'rbf_edge0' | 'sbf_triplet0' | 'sbf_triplet5' | 'idx_kj' | 'idx_ji', readonly number[]>
>;

const basis = { numSpherical: 7, numRadial: 6, cutoff: 5, envelopeExponent: 5 };

function goldenBatch() {
  const set = goldenSet();
  return collate(set, buildGraphs(set, { kind: 'radius', cutoff: 5, triplets: true }), [0, 1, 2]);
}

/** j_l(y) as Poisson's integral, y^l / (2^(l+1) l!) times that of cos(y u) (1 - u^2)^l over -1 .. 1, by Simpson's rule. */
function byIntegral(l: number, y: number): number {
  const steps = 4000;
  let sum = 0;
  for (let k = 0; k <= steps; k++) {
    const u = (2 * k) / steps - 1;
    const weight = k === 0 || k === steps ? 1 : 2 + 2 * (k % 2);
    sum += weight * Math.cos(y * u) * (1 - u * u) ** l;
  }
  let scale = 1 / 2;
  for (let k = 1; k <= l; k++) scale *= y / (2 * k);
  return (scale * sum * 2) / (3 * steps);
}

describe('the spherical Bessel functions', () => {
  it('equal their integral at any argument, small or large', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 30, noNaN: true }),
        fc.integer({ min: 1, max: 12 }),
        (y, degrees) => {
          const values = new Float64Array(degrees);
          sphericalBessel(y, degrees, values);
          for (const [l, value] of values.entries())
            expect(Math.abs(value - byIntegral(l, y))).toBeLessThan(1e-8);
        },
      ),
    );
  });

  it('have PyTorch Geometric’s zeros to the last bit, and its normalisers', () => {
    const zeros = besselZeros(7, 6);
    expect(Array.from(zeros)).toEqual(bessel.zeros_f32.flat());
    const normalisers = besselNormalisers(zeros, 7);
    for (const [at, value] of bessel.normalizer_f64.flat().entries()) {
      expect(Math.abs(normalisers[at] / value - 1)).toBeLessThan(3e-7);
    }
  });

  it('have the same zeros however many are asked for', () => {
    expect(Array.from(besselZeros(1, 3))).toEqual(bessel.zeros_f32[0].slice(0, 3));
    const more = besselZeros(9, 8);
    expect(Array.from(more.subarray(48, 54))).toEqual(bessel.zeros_f32[6]);
  });
});

describe('the envelope', () => {
  it('falls to zero at the cutoff with its first two derivatives, and is zero beyond', () => {
    for (const exponent of [3, 5, 7]) {
      const h = 1e-4;
      expect(Math.abs(envelope(1 - h, exponent))).toBeLessThan(1e-9);
      expect([envelope(1, exponent), envelope(1.5, exponent)]).toEqual([0, 0]);
    }
  });

  it('is 1/x - 28 x^5 + 48 x^6 - 21 x^7 for exponent 5', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 0.999, noNaN: true }), (x) => {
        expect(envelope(x, 5)).toBeCloseTo(1 / x - 28 * x ** 5 + 48 * x ** 6 - 21 * x ** 7, 10);
      }),
    );
  });
});

describe('the spherical basis', () => {
  it('of the golden input is PyTorch Geometric’s, radial times angular', () => {
    const batch = goldenBatch();
    const { triplets } = batch;
    if (!triplets) throw new Error('no triplets');
    const radial = radialFunctions(batch, basis);
    const angular = angularFunctions(triplets, 7);
    expect([radial.length, angular.length]).toEqual([42 * 42, (516 + 84) * 7]);
    for (const [t, golden] of [
      [0, dimenet.sbf_triplet0],
      [5, dimenet.sbf_triplet5],
    ] as const) {
      const [kj, ji] = [dimenet.idx_kj[t], dimenet.idx_ji[t]];
      const j = batch.source[ji];
      const degree = batch.edgeStart[j + 1] - batch.edgeStart[j];
      const [row, column] = [batch.reverse[ji], kj].map((e) => e - batch.edgeStart[j]);
      const q = triplets.squareStart[j] + row * degree + column;
      for (const [at, value] of golden.entries()) {
        const ours = radial[42 * batch.pairOf[kj] + at] * angular[7 * q + Math.floor(at / 6)];
        // Theirs is float32 from closed forms that cancel: 8e-4 wrong at worst for l = 6.
        expect(Math.abs(ours - value)).toBeLessThan(at < 24 ? 1e-5 : 1e-3);
      }
    }
  });

  it('has no weight on the diagonals, where k = i, and a constant one for l = 0 elsewhere', () => {
    const { triplets } = goldenBatch();
    if (!triplets) throw new Error('no triplets');
    const angular = angularFunctions(triplets, 3);
    for (let j = 0; j + 1 < triplets.squareStart.length; j++) {
      const first = triplets.squareStart[j];
      const degree = Math.sqrt(triplets.squareStart[j + 1] - first);
      for (let a = 0; a < degree; a++) {
        for (let b = 0; b < degree; b++) {
          const at = 3 * (first + a * degree + b);
          const row = Array.from(angular.subarray(at, at + 3));
          if (a === b) expect(row).toEqual([0, 0, 0]);
          else expect(row[0]).toBeCloseTo(0.28209479177387814, 7);
        }
      }
    }
  });

  it('has Legendre polynomials as their closed forms say', () => {
    const cosine = Float64Array.of(0, -1, -0.3, 0, 0, 0.5, 0.9, 1, 0);
    const angular = angularFunctions({ count: 6, squareStart: Int32Array.of(0, 9), cosine }, 7);
    for (const [q, x] of cosine.entries()) {
      if (q % 4 === 0) continue;
      const forms = [
        1,
        x,
        (3 * x ** 2 - 1) / 2,
        (5 * x ** 3 - 3 * x) / 2,
        (35 * x ** 4 - 30 * x ** 2 + 3) / 8,
        (63 * x ** 5 - 70 * x ** 3 + 15 * x) / 8,
        (231 * x ** 6 - 315 * x ** 4 + 105 * x ** 2 - 5) / 16,
      ];
      for (const [l, form] of forms.entries()) {
        expect(angular[7 * q + l]).toBeCloseTo(Math.sqrt((2 * l + 1) / (4 * Math.PI)) * form, 6);
      }
    }
  });
});
