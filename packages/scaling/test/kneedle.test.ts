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

  test('a bulge that is not confirmed before the next one is passed over', () => {
    // Distance below the chord at 1, 2, 4 ... 1024 devices, on axes of unit length.
    const lead = [0, 0.15, 0.25, 0.22, 0.3, 0.4, 0.35, 0.25, 0.15, 0.05, 0];
    const times = lead.map((below, k) => ({
      devices: 2 ** k,
      seconds: Math.exp(3 * (1 - k / 10 - below)),
      runs: 1,
    }));
    expect(kneeOf(times)).toBe(32);
  });
});
