import { describe, expect, test } from 'vitest';
import { kneeOf } from '../src/kneedle.ts';
import { curve, paperCounts } from './times.ts';

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
