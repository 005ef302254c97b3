import { describe, expect, test } from 'vitest';
import { geometricMean, median, medianAbsoluteDeviation, quantile, variance } from '../../src/math/stats.ts';

describe('order statistics', () => {
  test('the median of an even list lies half-way', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([7])).toBe(7);
  });

  test('one wild epoch moves neither the median nor its deviation', () => {
    expect(median([1.0, 1.1, 0.9, 1.0, 50])).toBe(1.0);
    expect(medianAbsoluteDeviation([1.0, 1.1, 0.9, 1.0, 50])).toBeCloseTo(0.1, 12);
  });

  test('quantiles interpolate as NumPy’s do', () => {
    expect(quantile([10, 20, 30, 40], 0.25)).toBe(17.5);
    expect(quantile([10, 20, 30, 40], 1)).toBe(40);
  });

  test('an empty list has none', () => {
    expect(() => median([])).toThrow(/at least one/);
    expect(() => geometricMean([])).toThrow(/at least one/);
  });

  test('means and variances are the textbook’s', () => {
    expect(geometricMean([1, 100])).toBeCloseTo(10, 12);
    expect(variance([1, 2, 3, 4])).toBeCloseTo(5 / 3, 12);
    expect(variance([3])).toBe(0);
  });
});
