import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { extraP, normalTerms } from '../../src/laws/extraP.ts';
import { curve, noisy } from '../times.ts';
import { fitted, unknown } from './fitted.ts';

describe('Extra-P’s normal form', () => {
  test('it has the 42 terms, each once', () => {
    expect(normalTerms).toHaveLength(42);
    expect(new Set(normalTerms.map(({ i, j }) => `${i} ${j}`)).size).toBe(42);
    expect(normalTerms.every(({ i, j }) => i >= 0 && i <= 3 && j >= 0 && j <= 2 && (i > 0 || j > 0))).toBe(
      true,
    );
  });

  test('the term device-seconds were made with is found, with its coefficients', () => {
    const chosen = fc.constantFrom(...normalTerms.filter(({ i }) => i <= 2));
    fc.assert(
      fc.property(chosen, fc.double({ min: 0.2, max: 5, noNaN: true }), (term, c1) => {
        const grown = (n: number) => n ** term.i * Math.log2(n) ** term.j;
        const fit = fitted(
          extraP,
          curve((n) => (50 + c1 * grown(n)) / n),
          unknown,
        );
        expect(fit.derived()).toMatchObject(term);
        expect(fit.value('c0') / 50).toBeCloseTo(1, 5);
        expect(fit.value('c1') / c1).toBeCloseTo(1, 5);
        expect(fit.derived().smape).toBeLessThan(1e-6);
      }),
      { numRuns: 60 },
    );
  });

  test('with noise its leave-one-out error is about the noise', () => {
    const fit = fitted(extraP, curve(noisy((n) => 0.9 + 50 / n, 0.03, 4)), unknown);
    expect(fit.derived().smape).toBeGreaterThan(0.005);
    expect(fit.derived().smape).toBeLessThan(0.06);
  });

  test('as a cross-check it takes no part in the weights', () => {
    expect(extraP.crossCheck).toBe(true);
  });
});
