import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CurvePoint } from '../../src/curve.ts';
import { type Fit, isFit, type Law } from '../../src/laws/law.ts';
import { laws } from '../../src/laws/registry.ts';
import { skeleton } from '../../src/laws/SKELETON.ts';
import { curve, noisy, paperCounts, staircaseTime } from '../times.ts';
import { fitted, onQm9 } from './fitted.ts';

const every = [...laws, skeleton].map((law): [string, Law] => [law.name, law]);
const beyond = [1, 3, 100, 416, 1000, 4096];

/** Any positive times at eight or more counts: nothing a law could rely on. */
const anyCurve = fc
  .array(fc.double({ min: 0.01, max: 1000, noNaN: true }), { minLength: 10, maxLength: 10 })
  .map((seconds): CurvePoint[] =>
    paperCounts.map((devices, i) => ({ devices, seconds: seconds[i], runs: 1 })),
  );

/** Times a cluster might show: falling to a floor, with errors of some per cent. */
const likelyCurve = fc
  .record({
    c: fc.double({ min: 0.1, max: 3, noNaN: true }),
    a: fc.double({ min: 0.005, max: 0.5, noNaN: true }),
    sigma: fc.double({ min: 0.01, max: 0.1, noNaN: true }),
    seed: fc.nat(),
  })
  .map(({ c, a, sigma, seed }) => curve(noisy(staircaseTime(c, a), sigma, seed)));

function tryFit(law: Law, points: readonly CurvePoint[]): Fit | undefined {
  const result = law.fit(points, onQm9);
  return isFit(result) ? result : undefined;
}

describe.each(every)('%s, as every law,', (_, law) => {
  test('never predicts a time that is not positive, and never a band below zero', () => {
    fc.assert(
      fc.property(anyCurve, (points) => {
        const fit = tryFit(law, points);
        if (!fit) return;
        for (const n of beyond) {
          expect(fit.predict(n)).toBeGreaterThan(0);
          const band = fit.band(n, 0.95);
          expect(band.low).toBeGreaterThanOrEqual(0);
          expect(band.low).toBeLessThanOrEqual(fit.predict(n));
          expect(band.high).toBeGreaterThanOrEqual(fit.predict(n));
        }
      }),
      { numRuns: 40 },
    );
  });

  test('has no negative coefficient, whatever the times, but where it says so', () => {
    fc.assert(
      fc.property(anyCurve, (points) => {
        for (const estimate of tryFit(law, points)?.estimates ?? []) {
          if (estimate.signed) continue;
          expect(estimate.value).toBeGreaterThanOrEqual(0);
          if (estimate.interval) expect(estimate.interval.low).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('does not care for the unit of time', () => {
    fc.assert(
      fc.property(likelyCurve, fc.double({ min: 1e-4, max: 1e4, noNaN: true }), (points, unit) => {
        const fit = fitted(law, points);
        const scaled = fitted(
          law,
          points.map((point) => ({ ...point, seconds: unit * point.seconds })),
        );
        expect(scaled.r2).toBeCloseTo(fit.r2!, 5);
        expect(scaled.rss / fit.rss).toBeCloseTo(1, 4);
        for (const n of [2, 30, 416]) expect(scaled.predict(n) / unit / fit.predict(n)).toBeCloseTo(1, 4);
      }),
      { numRuns: 25 },
    );
  });

  test('has times in the unit of the times it was given, and all else without one', () => {
    fc.assert(
      fc.property(likelyCurve, fc.double({ min: 1e-3, max: 1e3, noNaN: true }), (points, unit) => {
        const fit = fitted(law, points);
        const scaled = fitted(
          law,
          points.map((point) => ({ ...point, seconds: unit * point.seconds })),
        );
        // Of the size of the largest time a parameter may stand for: one at its bound is 0 but for rounding.
        const size = Math.max(...points.map((point) => point.seconds));
        for (const { symbol, unit: of, value } of fit.estimates) {
          const by = /^(s|device-seconds)\b/.test(of) ? unit : 1;
          const apart = Math.abs(scaled.value(symbol) - by * value);
          expect(apart).toBeLessThan(1e-3 * by * Math.max(Math.abs(value), 1e-3 * size));
        }
      }),
      { numRuns: 15 },
    );
  });

  test('gives the same bits for the same points', () => {
    fc.assert(
      fc.property(likelyCurve, (points) => {
        const [once, again] = [fitted(law, points), fitted(law, points)];
        expect(again.theta).toEqual(once.theta);
        expect(again.root).toEqual(once.root);
        expect(again.describe()).toEqual(once.describe());
      }),
      { numRuns: 10 },
    );
  });

  test('has the gradient of its own curve', () => {
    fc.assert(
      fc.property(likelyCurve, (points) => {
        const fit = fitted(law, points);
        for (const n of [2, 50, 416]) {
          fit.gradient(n).forEach((slope, k) => {
            const step = 1e-5 * Math.max(Math.abs(fit.theta[k]), 1e-6);
            const moved = (by: number) =>
              Math.log(fit.curveAt(fit.theta.map((value, i) => (i === k ? value + by : value)))(n));
            const numeric = (moved(step) - moved(-step)) / (2 * step);
            expect(Math.abs(slope - numeric)).toBeLessThan(1e-4 * Math.max(1, Math.abs(slope)));
          });
        }
      }),
      { numRuns: 15 },
    );
  });

  test('describes itself in sentences and its parameters with units or as plain numbers', () => {
    const fit = fitted(law, curve(noisy(staircaseTime(0.85, 0.021), 0.02, 9)));
    expect(fit.describe().length).toBeGreaterThan(0);
    for (const sentence of fit.describe()) {
      expect(sentence).toMatch(/^[A-Z0-9].*\.$/);
      expect(sentence).not.toMatch(/NaN|undefined|Infinity/);
    }
    expect(law.parameters.every((parameter) => parameter.meaning.length > 5)).toBe(true);
  });
});

test('names and titles of the laws are unique', () => {
  expect(new Set(laws.map((law) => law.name)).size).toBe(laws.length);
  expect(new Set(laws.map((law) => law.title)).size).toBe(laws.length);
});
