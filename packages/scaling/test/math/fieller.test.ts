import { describe, expect, test } from 'vitest';
import { ratioInterval } from '../../src/math/fieller.ts';

const none = { numerator: 0, denominator: 0, both: 0 };

describe('the interval of a ratio', () => {
  test('without uncertainty it is the ratio', () => {
    const interval = ratioInterval({ numerator: 18, denominator: 0.9 }, none, 2);
    expect(interval.low).toBeCloseTo(20, 9);
    expect(interval.high).toBeCloseTo(20, 9);
  });

  test('with small uncertainty it is the linearised one', () => {
    const error = { numerator: 0.1 ** 2, denominator: 0.002 ** 2, both: 0.5 * 0.1 * 0.002 };
    const interval = ratioInterval({ numerator: 18, denominator: 0.9 }, error, 2);
    const relative = Math.sqrt((0.1 / 18) ** 2 + (0.002 / 0.9) ** 2 - 2 * 0.5 * (0.1 / 18) * (0.002 / 0.9));
    expect((interval.high - interval.low) / 2 / (20 * 2 * relative)).toBeCloseTo(1, 2);
  });

  test('its ends are where the difference is just significant', () => {
    const estimate = { numerator: 5, denominator: 1 };
    const covariance = { numerator: 0.3, denominator: 0.04, both: -0.05 };
    const { low, high } = ratioInterval(estimate, covariance, 2.3);
    for (const r of [low, high]) {
      const error = Math.sqrt(
        covariance.numerator - 2 * r * covariance.both + r * r * covariance.denominator,
      );
      expect(Math.abs(estimate.numerator - r * estimate.denominator)).toBeCloseTo(2.3 * error, 9);
    }
  });

  test('a denominator that may be zero leaves it without an upper bound', () => {
    const interval = ratioInterval(
      { numerator: 10, denominator: 0.1 },
      { numerator: 0.01, denominator: 0.01, both: 0 },
      2.3,
    );
    expect(interval.high).toBe(Number.POSITIVE_INFINITY);
    expect(interval.low).toBeGreaterThan(0);
    expect(interval.low).toBeLessThan(100);
  });
});
