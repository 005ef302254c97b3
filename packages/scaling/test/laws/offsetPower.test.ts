import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { offsetPower } from '../../src/laws/offsetPower.ts';
import { curve } from '../times.ts';
import { fitted, unfitted, unknown } from './fitted.ts';

describe('the power law above a floor', () => {
  test('floor, factor and exponent are recovered from exact times', () => {
    const planted = fc.record({
      c: fc.double({ min: 0.1, max: 5, noNaN: true }),
      A: fc.double({ min: 10, max: 100, noNaN: true }),
      beta: fc.double({ min: 0.3, max: 1.6, noNaN: true }),
    });
    fc.assert(
      fc.property(planted, ({ c, A, beta }) => {
        const fit = fitted(
          offsetPower,
          curve((n) => c + A * n ** -beta),
          unknown,
        );
        expect(fit.value('beta') / beta).toBeCloseTo(1, 4);
        expect(fit.value('c') / c).toBeCloseTo(1, 3);
        expect(fit.value('A') / A).toBeCloseTo(1, 3);
      }),
      { numRuns: 50 },
    );
  });

  test('a pure power law has no floor', () => {
    const fit = fitted(
      offsetPower,
      curve((n) => 30 * n ** -0.6),
      unknown,
    );
    expect(fit.value('beta')).toBeCloseTo(0.6, 4);
    expect(fit.value('c')).toBeLessThan(1e-3);
  });

  test('times that grow have no exponent to find', () => {
    expect(
      unfitted(
        offsetPower,
        curve((n) => 1 + n / 100),
        unknown,
      ),
    ).toContain('do not fall');
  });

  test('it fits losses against data-set sizes as well: L = L0 + A D^-alpha', () => {
    const sizes = [500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000];
    const fit = fitted(
      offsetPower,
      curve((D) => 0.03 + 12 * D ** -0.45, sizes),
      unknown,
    );
    expect(fit.value('c')).toBeCloseTo(0.03, 4);
    expect(fit.value('beta')).toBeCloseTo(0.45, 3);
  });
});
