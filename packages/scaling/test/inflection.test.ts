import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { analyse, laws } from '../src/index.ts';
import { halfPointOf } from '../src/inflection.ts';
import { fitted, unknown } from './laws/fitted.ts';
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
