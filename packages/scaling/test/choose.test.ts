import { describe, expect, test } from 'vitest';
import { aiccOf, akaikeWeights, analyse, laws, predictionOf, rankLaws } from '../src/index.ts';
import { fitted, onQm9, unknown } from './laws/fitted.ts';
import { curve, noisy, points, qm9, staircaseTime } from './times.ts';

const schnet = staircaseTime(0.85, 0.021);

describe('AICc and its weights', () => {
  test('AICc is m ln(RSS/m) + 2k + 2k(k+1)/(m-k-1), k counting sigma', () => {
    // m = 8, two parameters: k = 3
    expect(aiccOf(0.08, 8, 2)).toBeCloseTo(8 * Math.log(0.01) + 6 + 24 / 4, 10);
  });

  test('it is not defined for m <= k + 1', () => {
    expect(aiccOf(0.08, 4, 2)).toBeNull();
    expect(aiccOf(0.08, 5, 2)).not.toBeNull();
    expect(aiccOf(0.08, 5, 3)).toBeNull();
  });

  test('weights add up to 1, and a difference of 2 is a factor e', () => {
    const weights = akaikeWeights([10, 12, 30]);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
    expect(weights[0] / weights[1]).toBeCloseTo(Math.E, 10);
  });

  test('exact times do not make it infinite', () => {
    expect(Number.isFinite(aiccOf(0, 10, 2))).toBe(true);
  });
});

describe('which laws are shown and weighed', () => {
  const shown = (counts: readonly number[]) =>
    rankLaws(laws, curve(noisy(schnet, 0.02, 1), counts), onQm9).fits.map(({ fit }) => fit.law.name);

  test('fewer than three counts: none, not even an exponent', () => {
    const ranking = rankLaws(laws, curve(schnet, [2, 4]), onQm9);
    expect(ranking.fits).toEqual([]);
    expect(ranking.omitted.find(({ law }) => law.name === 'power')?.reason).toBe(
      'Needs 3 distinct device counts; 2 are measured.',
    );
  });

  test('three and four counts: laws of two parameters, none preferred', () => {
    for (const counts of [
      [2, 4, 8],
      [2, 4, 8, 16],
    ]) {
      expect(shown(counts)).toEqual(['power', 'overhead', 'staircase']);
      const ranking = rankLaws(laws, curve(schnet, counts), onQm9);
      expect(ranking.fits.every(({ weight, aicc }) => weight === null && aicc === null)).toBe(true);
    }
  });

  test('five counts: weights among laws of two parameters; six: laws of three as well', () => {
    expect(shown([2, 4, 8, 16, 32])).toEqual(['power', 'overhead', 'staircase', 'extra-p']);
    expect(shown([2, 4, 8, 16, 32, 64])).toEqual(laws.map((law) => law.name));
    const five = rankLaws(laws, curve(schnet, [2, 4, 8, 16, 32]), onQm9);
    expect(five.fits.reduce((sum, { weight }) => sum + (weight ?? 0), 0)).toBeCloseTo(1, 12);
  });

  test('a cross-check has no weight', () => {
    const ranking = rankLaws(laws, curve(schnet), onQm9);
    expect(ranking.fits.find(({ fit }) => fit.law.name === 'extra-p')?.weight).toBeNull();
  });

  test('the law that made the times gets most of the weight', () => {
    const best = (time: (n: number) => number, context = onQm9) => {
      const { fits } = rankLaws(laws, curve(time), context);
      return fits.reduce((a, b) => ((b.weight ?? 0) > (a.weight ?? 0) ? b : a)).fit.law.name;
    };
    expect(
      best(
        noisy((n) => 20 * n ** -0.6, 0.02, 3),
        unknown,
      ),
    ).toBe('power');
    expect(
      best(
        noisy((n) => 0.9 + 40 / n, 0.01, 3),
        unknown,
      ),
    ).toBe('overhead');
    expect(best(noisy(staircaseTime(0.5, 0.5), 0.005, 3))).toBe('staircase');
    expect(
      best(
        noisy((n) => 1 + 30 * n ** -0.7, 0.003, 3),
        unknown,
      ),
    ).toBe('offset-power');
    expect(
      best(
        noisy((n) => 40 * (0.98 / n + 0.02 + 2e-4 * (n - 1)), 0.01, 3),
        unknown,
      ),
    ).toBe('usl');
  });

  test('the leave-the-largest-out error is that of a law fitted to the others', () => {
    const times = curve((n) => (n === 416 ? 2 : 0.9 + 40 / n));
    const overhead = rankLaws(laws, times, unknown).fits.find(({ fit }) => fit.law.name === 'overhead');
    expect(overhead?.leaveLargestOut).toBeCloseTo(1 - (0.9 + 40 / 416) / 2, 6);
  });
});

describe('the prediction', () => {
  const times = curve(noisy(schnet, 0.03, 5));
  const ranking = rankLaws(laws, times, onQm9);
  const prediction = predictionOf(ranking, times)!;

  test('is the average of the laws by weight', () => {
    const expected = ranking.fits.reduce(
      (sum, { fit, weight }) => sum + (weight ?? 0) * fit.predict(1000),
      0,
    );
    expect(prediction.predict(1000) / expected).toBeCloseTo(1, 5);
    expect(prediction.basis).toMatch(/^average of \d laws by weight$/);
  });

  test('has a band at least as wide as the laws disagree, and widest for one more measurement', () => {
    const band = prediction.band(1000, 0.95);
    const own = prediction.band(1000, 0.95, 'curve');
    expect(band.low).toBeLessThan(own.low);
    expect(own.low).toBeLessThan(prediction.predict(1000));
    expect(band.high).toBeGreaterThan(own.high);
    expect(band.low).toBeGreaterThan(0);
  });

  test('its band holds the laws’ disagreement, where each law is sure of itself', () => {
    const exact = curve((n) => 0.9 + 40 / n);
    const [a, b] = ['overhead', 'usl'].map((name) => laws.find((law) => law.name === name)!);
    const sure = fitted(a, exact, unknown);
    // The same law fitted to times 20 % longer: as sure, and elsewhere.
    const other = fitted(
      b,
      exact.map((point) => ({ ...point, seconds: 1.2 * point.seconds })),
      unknown,
    );
    const even = { aicc: 0, weight: 0.5, leaveLargestOut: null };
    const both = predictionOf({ fits: [sure, other].map((fit) => ({ fit, ...even })), omitted: [] }, exact)!;
    expect(both.predict(32) / sure.predict(32)).toBeCloseTo(1.1, 6);
    const band = both.band(32, 0.95, 'curve');
    expect(band.low).toBeLessThan(sure.predict(32));
    expect(band.high).toBeGreaterThan(other.predict(32));
  });

  test('says how far beyond the measured counts it reaches', () => {
    expect(prediction.beyond(32)).toBe(1);
    expect(prediction.beyond(832)).toBe(2);
    expect(prediction.beyond(1)).toBe(2);
  });

  test('with three counts is the power law’s, shown and not chosen', () => {
    const three = analyse(points(schnet, [2, 4, 8], qm9));
    expect(three.prediction?.basis).toContain('not chosen: fewer than 5 device counts');
    expect(three.prediction?.predict(16)).toBeCloseTo(three.laws[0].fit.predict(16), 12);
  });

  test('its 95 % band holds the true time at 416 devices when only 2 to 32 were measured, 95 times in 100', () => {
    let hits = 0;
    for (let seed = 1; seed <= 200; seed++) {
      const few = analyse(points(noisy(schnet, 0.05, seed), [2, 4, 8, 16, 32], qm9));
      const band = few.prediction!.band(416, 0.95);
      if (band.low <= schnet(416) && schnet(416) <= band.high) hits++;
    }
    expect(hits / 200).toBeGreaterThan(0.9);
  });
});
