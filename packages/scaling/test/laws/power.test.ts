import { describe, expect, test } from 'vitest';
import { aiccOf } from '../../src/choose.ts';
import { power } from '../../src/laws/power.ts';
import { scipy } from '../scipy.ts';
import { curve } from '../times.ts';
import { fitted } from './fitted.ts';

describe('the power law', () => {
  const { devices, seconds } = scipy.curve;
  const fit = fitted(
    power,
    devices.map((n, i) => ({ devices: n, seconds: seconds[i], runs: 1 })),
  );
  const [alpha, beta] = fit.estimates;

  test('estimates, standard error, intervals and R² are SciPy’s linear regression of the logarithms', () => {
    expect(alpha.value).toBeCloseTo(scipy.power.alpha, 9);
    expect(beta.value).toBeCloseTo(scipy.power.beta, 10);
    expect(beta.standardError).toBeCloseTo(scipy.power.standardError, 10);
    expect(beta.interval!.low).toBeCloseTo(scipy.power.betaInterval[0], 9);
    expect(beta.interval!.high).toBeCloseTo(scipy.power.betaInterval[1], 9);
    expect(alpha.interval!.low).toBeCloseTo(scipy.power.alphaInterval[0], 8);
    expect(alpha.interval!.high).toBeCloseTo(scipy.power.alphaInterval[1], 8);
    expect(fit.r2).toBeCloseTo(scipy.power.r2, 10);
  });

  test('the band of a further measurement is s sqrt(1 + 1/m + (x - mean)²/Sxx) wide, on both sides', () => {
    const band = fit.band(64, 0.95);
    expect(band.low).toBeCloseTo(scipy.power.bandAt64[0], 9);
    expect(band.high).toBeCloseTo(scipy.power.bandAt64[1], 9);
  });

  test('AICc counts alpha, beta and sigma', () => {
    expect(aiccOf(fit.rss, devices.length, power.freedom)).toBeCloseTo(scipy.power.aicc, 8);
  });

  test('an exact power law is recovered to rounding', () => {
    const exact = fitted(
      power,
      curve((n) => 27 * n ** -0.59),
    );
    expect(exact.value('alpha')).toBeCloseTo(27, 9);
    expect(exact.value('beta')).toBeCloseTo(0.59, 12);
    expect(exact.r2).toBeCloseTo(1, 12);
  });

  test('times that grow with the devices give a negative exponent, and say so', () => {
    const growing = fitted(
      power,
      curve((n) => 1.1 ** Math.log2(n)),
    );
    expect(growing.value('beta')).toBeLessThan(0);
    expect(growing.describe()[0]).toContain('adds 10 % to the epoch');
  });

  test('equal times have an exponent of zero and no R²', () => {
    const flat = fitted(
      power,
      curve(() => 2),
    );
    expect(flat.value('beta')).toBeCloseTo(0, 12);
    expect(flat.r2).toBeNull();
  });

  test('it says what a doubling of the devices buys', () => {
    const exact = fitted(
      power,
      curve((n) => 10 * n ** -0.5),
    );
    expect(exact.describe()[0]).toContain('doubling the devices takes 29 % off the epoch');
  });
});
