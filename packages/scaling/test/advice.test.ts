import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Advice, advise, analyse, type Question } from '../src/index.ts';
import { noisy, points, qm9, staircaseTime } from './times.ts';

/** t = c + A/n: the closed forms of the answers are known. */
const [c, A] = [0.85, 18];
const exact = analyse(points((n) => c + A / n));
const K = 1000;

function only(advice: Advice | undefined) {
  expect(advice?.recommendations).toHaveLength(1);
  return advice!.recommendations[0];
}

function ask(question: Omit<Question, 'epochs'>, analysis = exact) {
  return only(advise(analysis, { epochs: K, ...question }));
}

describe('advice on exact times t = c + A/n', () => {
  test('a deadline is met by the fewest devices: n >= A/(D/K - c)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 900, max: 8000 }), (deadlineSeconds) => {
        const answer = ask({ deadlineSeconds });
        const needed = A / (deadlineSeconds / K - c);
        expect(Math.abs(answer.devices! - Math.ceil(needed - 1e-6))).toBeLessThanOrEqual(
          needed > 300 ? 1 : 0,
        );
        expect(answer.seconds).toBeLessThanOrEqual(deadlineSeconds);
      }),
      { numRuns: 20 },
    );
  });

  test('a deadline below the fixed cost is out of reach, in words', () => {
    const answer = ask({ deadlineSeconds: K * c * 0.99 });
    expect(answer).toMatchObject({ devices: null, chance: 0 });
    expect(answer.interval.high).toBe(Number.POSITIVE_INFINITY);
    expect(answer.sentence).toMatch(/^Out of reach: at best, 1000 epochs take .* the deadline is /);
  });

  test('a budget is spent on the most devices: n <= (G/K - A)/c', () => {
    fc.assert(
      fc.property(fc.integer({ min: 20_000, max: 1_000_000 }), (budgetDeviceSeconds) => {
        const answer = ask({ budgetDeviceSeconds });
        const most = (budgetDeviceSeconds / K - A) / c;
        expect(Math.abs(answer.devices! - Math.floor(most + 1e-6))).toBeLessThanOrEqual(1);
        expect(answer.deviceSeconds).toBeLessThanOrEqual(budgetDeviceSeconds);
      }),
      { numRuns: 20 },
    );
  });

  test('a budget below one device’s cost is out of reach', () => {
    expect(ask({ budgetDeviceSeconds: K * A }).devices).toBeNull();
    expect(ask({ budgetDeviceSeconds: K * A }).sentence).toContain('the budget is 5 device-hours');
  });

  test('an efficiency floor against two devices is kept by n <= ((2 c + A)/E - A)/c', () => {
    for (const efficiencyFloor of [0.3, 0.5, 0.8]) {
      const most = ((2 * c + A) / efficiencyFloor - A) / c;
      expect(ask({ efficiencyFloor }).devices).toBe(Math.floor(most));
    }
  });

  test('the cheapest count is sqrt(w_t A/(w_c c))', () => {
    const answer = ask({ worth: { second: 1, deviceSecond: 0.02 } });
    expect(Math.abs(answer.devices! - Math.sqrt(A / (0.02 * c)))).toBeLessThan(1);
  });

  test('exact times leave no interval', () => {
    const answer = ask({ deadlineSeconds: 1500 });
    expect(answer.interval).toEqual({ low: answer.devices, high: answer.devices });
    expect(answer.next).toBeUndefined();
  });

  test('several goals are answered in one go, in a fixed order', () => {
    const advice = advise(exact, {
      epochs: K,
      worth: { second: 1, deviceSecond: 1 },
      efficiencyFloor: 0.5,
      budgetDeviceSeconds: 1e5,
      deadlineSeconds: 2000,
    });
    expect(advice?.recommendations.map(({ goal }) => goal)).toEqual([
      'deadline',
      'budget',
      'efficiency',
      'optimum',
    ]);
  });
});

describe('advice on measured times', () => {
  const time = staircaseTime(c, 0.021);
  const counts = [2, 4, 8, 16, 32, 64];
  const measured = (seed: number) => analyse(points(noisy(time, 0.05, seed), counts, qm9));

  test('its 90 % interval holds the count the true times would give, 90 times in 100', () => {
    const deadlineSeconds = 1400;
    const truth = Array.from({ length: 256 }, (_, k) => k + 1).find((n) => K * time(n) <= deadlineSeconds)!;
    let hits = 0;
    for (let seed = 1; seed <= 60; seed++) {
      const { interval } = ask({ deadlineSeconds }, measured(seed));
      if (interval.low <= truth && truth <= interval.high) hits++;
    }
    expect(hits / 60).toBeGreaterThan(0.8);
  });

  test('it comes with an interval, hours and the next count to measure, in words', () => {
    const answer = ask({ deadlineSeconds: 1400 }, measured(2));
    expect(answer.interval.low).toBeLessThan(answer.devices!);
    expect(answer.interval.high).toBeGreaterThan(answer.devices!);
    expect(answer.sentence).toMatch(
      /^\d+ devices \(\d+ to \d+ at 90 %\): 1000 epochs in [\d.]+ min, [\d.]+ to [\d.]+ device-hours\.$/,
    );
    expect(answer.next!.sentence).toMatch(
      /^Measuring \d+ devices? next would tell most: it should narrow this answer by \d+ % or more\.$/,
    );
  });

  test('measuring the proposed count narrows the answer by what was promised, and more than another count does', () => {
    const question = { deadlineSeconds: 1400 };
    const width = ({ interval }: { interval: { low: number; high: number } }) =>
      Math.log(interval.high / interval.low);
    let [promised, kept, other] = [0, 0, 0];
    for (let seed = 1; seed <= 20; seed++) {
      const draw = noisy(time, 0.05, seed);
      const first = points(draw, counts, qm9);
      const before = ask(question, analyse(first));
      const after = (n: number) => width(ask(question, analyse([...first, ...points(draw, [n], qm9)])));
      promised += Math.log(1 - before.next!.narrows);
      kept += Math.log(after(before.next!.devices) / width(before));
      other += Math.log(after(3) / width(before));
    }
    expect(kept).toBeLessThan(promised);
    expect(kept).toBeLessThan(other);
  });

  test('beyond the measured counts it says how far', () => {
    const answer = ask({ deadlineSeconds: 1050, most: 512 }, measured(3));
    expect(answer.beyond).toBeGreaterThan(1);
    expect(answer.sentence).toContain('times the largest count measured');
  });

  test('the same analysis gives the same advice', () => {
    const question = { epochs: K, deadlineSeconds: 1400, efficiencyFloor: 0.5 };
    expect(advise(measured(4), question)).toEqual(advise(measured(4), question));
  });

  test('no more devices are advised than there are', () => {
    const answer = ask({ budgetDeviceSeconds: 1e9, most: 48 }, measured(5));
    expect(answer.devices).toBe(48);
  });

  test('with fewer than three counts there is none', () => {
    expect(advise(analyse(points(time, [2, 4], qm9)), { epochs: K, deadlineSeconds: 10 })).toBeUndefined();
  });
});
