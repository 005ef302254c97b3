import { describe, expect, test } from 'vitest';
import { breakpointOf } from '../src/breakpoint.ts';
import { curve, noisy } from './times.ts';

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
