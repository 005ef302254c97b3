import { describe, expect, test } from 'vitest';
import { ringStaircase, treeStaircase } from '../../src/laws/communication.ts';
import type { Law } from '../../src/laws/law.ts';
import { offsetPower } from '../../src/laws/offsetPower.ts';
import { overhead } from '../../src/laws/overhead.ts';
import { power } from '../../src/laws/power.ts';
import { staircase } from '../../src/laws/staircase.ts';
import { stepCounter } from '../../src/laws/steps.ts';
import { usl } from '../../src/laws/usl.ts';
import { curve, noisy, staircaseTime } from '../times.ts';
import { fitted, onQm9 } from './fitted.ts';

const runs = 400;
/** 95 % of 400, give or take three standard deviations of a binomial share (1.1 % each). */
const expected = { least: 0.917, most: 0.983 };

const steps = stepCounter(onQm9)!;
const planted: { law: Law; values: Record<string, number>; time: (n: number) => number }[] = [
  { law: power, values: { alpha: 20, beta: 0.6 }, time: (n) => 20 * n ** -0.6 },
  { law: overhead, values: { c: 0.85, A: 18 }, time: (n) => 0.85 + 18 / n },
  { law: staircase, values: { c: 0.85, a: 0.021 }, time: staircaseTime(0.85, 0.021) },
  {
    law: treeStaircase,
    values: { c: 0.5, a: 0.02, d: 0.02 },
    time: (n) => 0.5 + steps(n) * (0.02 + 0.02 * Math.log2(n)),
  },
  {
    law: ringStaircase,
    values: { c: 0.5, a: 0.03, d: 0.06 },
    time: (n) => 0.5 + steps(n) * (0.03 + (0.06 * (n - 1)) / n),
  },
  { law: offsetPower, values: { c: 1, A: 20, beta: 0.8 }, time: (n) => 1 + 20 * n ** -0.8 },
  {
    law: usl,
    values: { t1: 40, sigma: 0.02, kappa: 5e-5 },
    time: (n) => 40 * (0.98 / n + 0.02 + 5e-5 * (n - 1)),
  },
];

describe('intervals hold what they claim', () => {
  test.each(planted)(
    '95 % intervals of $law.name hold its planted parameters 95 times in 100',
    ({ law, values, time }) => {
      const hits = Object.fromEntries(Object.keys(values).map((symbol) => [symbol, 0]));
      for (let seed = 1; seed <= runs; seed++) {
        const fit = fitted(law, curve(noisy(time, 0.05, seed)));
        for (const { symbol, interval } of fit.estimates)
          if (interval && interval.low <= values[symbol] && values[symbol] <= interval.high) hits[symbol]++;
      }
      for (const count of Object.values(hits)) {
        expect(count / runs).toBeGreaterThan(expected.least);
        expect(count / runs).toBeLessThan(expected.most);
      }
    },
  );

  test('95 % bands of one more measurement hold it 95 times in 100, between the counts and beyond them', () => {
    for (const n of [24, 1000]) {
      let hits = 0;
      for (let seed = 1; seed <= runs; seed++) {
        const time = noisy((count) => 0.85 + 18 / count, 0.05, 1000 + seed);
        const band = fitted(overhead, curve(time)).band(n, 0.95);
        const measured = time(n);
        if (band.low <= measured && measured <= band.high) hits++;
      }
      expect(hits / runs).toBeGreaterThan(expected.least);
      expect(hits / runs).toBeLessThan(expected.most);
    }
  });
});
