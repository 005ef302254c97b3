import { describe, expect, test } from 'vitest';
import { overhead } from '../../src/laws/overhead.ts';
import { curve } from '../times.ts';
import { fitted } from './fitted.ts';

describe('the overhead law', () => {
  test('c, A and n_half = A/c are recovered from exact times', () => {
    const fit = fitted(
      overhead,
      curve((n) => 0.85 + 18 / n),
    );
    expect(fit.value('c')).toBeCloseTo(0.85, 10);
    expect(fit.value('A')).toBeCloseTo(18, 9);
    expect(fit.derived().nHalf).toBeCloseTo(18 / 0.85, 8);
  });

  test('at n_half efficiency and local exponent are one half and n t² is least', () => {
    const fit = fitted(
      overhead,
      curve((n) => 0.5 + 20 / n),
    );
    const half = fit.derived().nHalf;
    const step = 1e-4;
    const exponent =
      -Math.log(fit.predict(half * (1 + step)) / fit.predict(half / (1 + step))) / (2 * Math.log(1 + step));
    expect(exponent).toBeCloseTo(0.5, 6);
    expect(20 / (half * fit.predict(half))).toBeCloseTo(0.5, 8);
    const price = (n: number) => n * fit.predict(n) ** 2;
    expect(price(half)).toBeLessThan(price(half * 1.01));
    expect(price(half)).toBeLessThan(price(half * 0.99));
  });

  test('times faster than perfect scaling leave no fixed cost, not a negative one', () => {
    const fit = fitted(
      overhead,
      curve((n) => 100 * n ** -1.1),
    );
    expect(fit.value('c')).toBe(0);
    expect(fit.estimates[0].interval!.low).toBe(0);
    expect(fit.derived().nHalf).toBe(Number.POSITIVE_INFINITY);
    expect(fit.describe()).toEqual([
      'No fixed cost shows: within these counts the work divides among the devices.',
    ]);
  });

  test('it says the fixed cost in seconds and where it is half of the epoch', () => {
    const fit = fitted(
      overhead,
      curve((n) => 0.85 + 17 / n),
    );
    expect(fit.describe()).toEqual([
      '0.85 s of each epoch does not shrink with more devices; 17 device-seconds of work are shared.',
      'At 20 devices half of the epoch is fixed cost.',
    ]);
  });
});
