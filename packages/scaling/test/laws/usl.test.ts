import { describe, expect, test } from 'vitest';
import { usl } from '../../src/laws/usl.ts';
import { curve } from '../times.ts';
import { fitted, unknown } from './fitted.ts';

function time(t1: number, sigma: number, kappa: number) {
  return (n: number) => t1 * ((1 - sigma) / n + sigma + kappa * (n - 1));
}

describe('the universal scalability law', () => {
  test('t1, sigma and kappa are recovered, and n_max = sqrt((1 - sigma)/kappa)', () => {
    const fit = fitted(usl, curve(time(40, 0.02, 5e-5)), unknown);
    expect(fit.value('t1')).toBeCloseTo(40, 8);
    expect(fit.value('sigma')).toBeCloseTo(0.02, 10);
    expect(fit.value('kappa')).toBeCloseTo(5e-5, 12);
    expect(fit.derived().nMax).toBeCloseTo(140, 6);
    expect(fit.describe()).toEqual([
      '2 % of a one-device epoch does not divide.',
      'Beyond 140 devices an epoch takes longer again.',
    ]);
  });

  test('n_max is where the predicted time turns', () => {
    const fit = fitted(usl, curve(time(40, 0.02, 5e-5)), unknown);
    expect(fit.predict(140)).toBeLessThan(fit.predict(139));
    expect(fit.predict(140)).toBeLessThan(fit.predict(141));
  });

  test('without crosstalk there is no turning point', () => {
    const fit = fitted(usl, curve(time(40, 0.02, 0)), unknown);
    expect(fit.value('kappa')).toBe(0);
    expect(fit.derived().nMax).toBe(Number.POSITIVE_INFINITY);
  });

  test('it wants six counts', () => {
    expect(usl.leastCounts).toBe(6);
  });
});
