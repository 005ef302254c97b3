import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { analyse, breakpointOf, curvatureOf, laws } from '../src/index.ts';
import { halfPointOf } from '../src/inflection.ts';
import { kneeOf } from '../src/kneedle.ts';
import { fitted, unknown } from './laws/fitted.ts';
import { scipy } from './scipy.ts';
import { curve, noisy, paperCounts, points, qm9, staircaseTime } from './times.ts';

const overhead = laws.find((law) => law.name === 'overhead')!;

describe('n_half', () => {
  test('its 95 % interval holds A/c 95 times in 100', () => {
    let hits = 0;
    for (let seed = 1; seed <= 400; seed++) {
      const fit = fitted(overhead, curve(noisy((n) => 0.85 + 18 / n, 0.05, seed)), unknown);
      const { interval } = halfPointOf(fit);
      if (interval.low <= 18 / 0.85 && 18 / 0.85 <= interval.high) hits++;
    }
    expect(hits / 400).toBeGreaterThan(0.917);
    expect(hits / 400).toBeLessThan(0.983);
  });

  test('without a fixed cost it is infinite, with a lower bound', () => {
    const analysis = analyse(points(noisy((n) => 30 / n, 0.05, 2)));
    expect(analysis.inflection!.half!.interval.low).toBeGreaterThan(416);
    expect(analysis.inflection!.half!.interval.high).toBe(Number.POSITIVE_INFINITY);
  });

  test('the staircase’s is a N/(b c)', () => {
    const { half } = analyse(points(noisy(staircaseTime(0.85, 0.5), 0.002, 1), paperCounts, qm9)).inflection!;
    expect(half!.law).toBe('staircase');
    expect(half!.devices / ((0.5 * qm9.samples) / qm9.batchPerDevice / 0.85)).toBeCloseTo(1, 1);
  });

  test('does not depend on the unit of time', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e3, noNaN: true }), fc.nat(), (unit, seed) => {
        const half = (factor: number) =>
          halfPointOf(fitted(overhead, curve(noisy((n) => factor * (0.85 + 18 / n), 0.05, seed)), unknown))
            .devices;
        expect(half(unit) / half(1)).toBeCloseTo(1, 5);
      }),
      { numRuns: 30 },
    );
  });
});

describe('the breakpoint of two lines', () => {
  const bent = (n: number) => (n <= 32 ? 100 / n : (100 / 32) * (n / 32) ** -0.2);

  test('is found where the slope was changed, with both exponents', () => {
    const found = breakpointOf(curve(noisy(bent, 0.01, 1)))!;
    expect(found.devices).toBeGreaterThan(26);
    expect(found.devices).toBeLessThan(39);
    expect(found.interval.low).toBeLessThanOrEqual(32);
    expect(found.interval.high).toBeGreaterThanOrEqual(32);
    expect(found.before).toBeCloseTo(1, 1);
    expect(found.after).toBeCloseTo(0.2, 1);
  });

  test('a power law has none', () => {
    let found = 0;
    for (let seed = 1; seed <= 100; seed++)
      if (breakpointOf(curve(noisy((n) => 30 * n ** -0.6, 0.05, seed)))) found++;
    expect(found).toBeLessThanOrEqual(5);
  });

  test('six counts are too few to ask', () => {
    expect(breakpointOf(curve(bent, [2, 4, 8, 16, 32, 64]))).toBeUndefined();
  });
});

describe('Kneedle on the log-log chart', () => {
  test('an exact power law has no knee, whatever its range', () => {
    for (const counts of [paperCounts, [1, 2, 4, 8, 16, 32], [1, 10, 100, 1000, 10_000]])
      expect(kneeOf(curve((n) => 30 * n ** -0.6, counts))).toBeUndefined();
  });

  test('the knee of a sharp bend is the bend', () => {
    expect(kneeOf(curve((n) => (n <= 16 ? 100 / n : 100 / 16), [1, 2, 4, 8, 16, 32, 64, 128, 256]))).toBe(16);
  });

  test('equal times, rising times and four counts have none', () => {
    expect(kneeOf(curve(() => 3))).toBeUndefined();
    expect(kneeOf(curve((n) => n))).toBeUndefined();
    expect(kneeOf(curve((n) => 1 + 10 / n, [1, 2, 4, 8]))).toBeUndefined();
  });
});

describe('the curvature test', () => {
  test('bend and p-value are those of SciPy’s regression on ln n and (ln n)²', () => {
    const { devices, seconds } = scipy.curve;
    const found = curvatureOf(devices.map((n, i) => ({ devices: n, seconds: seconds[i], runs: 1 })))!;
    expect(found.bend).toBeCloseTo(scipy.curvature.bend, 10);
    expect(found.pValue).toBeCloseTo(scipy.curvature.pValue, 8);
  });

  test('a power law with noise is called bent 5 times in 100', () => {
    let called = 0;
    for (let seed = 1; seed <= 400; seed++)
      if (curvatureOf(curve(noisy((n) => 30 * n ** -0.6, 0.05, seed)))!.pValue < 0.05) called++;
    expect(called / 400).toBeGreaterThan(0.017);
    expect(called / 400).toBeLessThan(0.083);
  });

  test('three counts cannot be tested, and an exact power law is straight', () => {
    expect(curvatureOf(curve((n) => n ** -0.5, [1, 2, 4]))).toBeUndefined();
    expect(curvatureOf(curve((n) => 5 * n ** -0.5))!.pValue).toBeGreaterThan(0.5);
  });
});

describe('the three answers together', () => {
  test('n_half stands first, and agreement is not flagged', () => {
    const { inflection } = analyse(points((n) => 0.85 + 18 / n));
    expect(inflection!.sentences[0]).toMatch(/^Half of an epoch is fixed cost at 21.2 devices/);
    expect(inflection!.disagree).toBe(false);
  });

  test('answers a factor of two apart are flagged', () => {
    const { inflection } = analyse(points((n) => 2.9 + 391 / n));
    expect(inflection!.half!.devices).toBeGreaterThan(2 * inflection!.knee!);
    expect(inflection!.disagree).toBe(true);
    expect(inflection!.sentences.at(-1)).toContain('no one inflection point');
  });

  test('fewer than three counts have none', () => {
    expect(analyse(points((n) => 1 + 1 / n, [1, 2])).inflection).toBeUndefined();
  });
});
