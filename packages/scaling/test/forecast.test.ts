import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Calibration, exchangeTime, forecast, type Workload } from '../src/forecast.ts';
import { analyse, pointsOfTimes, stepsPerEpoch } from '../src/index.ts';
import { randomOf } from '../src/math/random.ts';
import { paperCounts } from './times.ts';

const even: Workload = { samples: 10_000, batchPerDevice: 32, sizes: [18], devicesAtOnce: null };

/** Every step the same 20 ms, 0.5 s an epoch beside them, no exchange. */
const plain: Calibration = {
  steps: Array.from({ length: 10 }, () => ({ seconds: 0.02, size: 32 * 18 })),
  epochOverheadSeconds: [0.5],
  exchange: null,
};

/** Steps of 5 ms and 20 microseconds an atom, at two batch sizes. */
const perAtom: Calibration = {
  ...plain,
  steps: Array.from({ length: 20 }, (_, k) => {
    const size = (k % 2 === 0 ? 16 : 32) * 18;
    return { size, seconds: 0.005 + 2e-5 * size };
  }),
};

describe('a forecast', () => {
  test('of steps that are all alike is the staircase c + a ceil(N/(b n)), without a band', () => {
    for (const { devices, seconds, interval, steps } of forecast(plain, even, paperCounts)) {
      expect(steps).toBe(stepsPerEpoch(10_000, 32, devices));
      expect(seconds).toBeCloseTo(0.5 + 0.02 * steps, 9);
      expect(interval.low).toBeCloseTo(seconds, 9);
      expect(interval.high).toBeCloseTo(seconds, 9);
    }
  });

  test('counts padding as the sampler makes it', () => {
    const [point] = forecast(plain, even, [3]);
    expect(point.padding).toBeCloseTo(2 / 10_000, 12);
    expect(point.globalBatch).toBe(96);
  });

  test('makes a shorter last step cost less', () => {
    // 100 samples on 2 devices: 50 each, a step of 32 and one of 18 samples.
    const [point] = forecast(perAtom, { ...even, samples: 100 }, [2]);
    expect(point.seconds).toBeCloseTo(0.5 + 2 * 0.005 + 2e-5 * 50 * 18, 6);
  });

  test('waits for the rank with the largest molecules', () => {
    const random = randomOf(2);
    const sizes = Float64Array.from({ length: 10_000 }, () => (random.uniform() < 0.1 ? 100 : 9));
    const [one, many] = forecast(perAtom, { ...even, sizes }, [1, 64]);
    expect(one.stragglerSeconds).toBeCloseTo(0, 9);
    expect(many.stragglerSeconds).toBeGreaterThan(0.05 * (many.seconds - 0.5));
    const [same] = forecast(perAtom, even, [64]);
    expect(same.stragglerSeconds).toBeCloseTo(0, 9);
  });

  test('takes as long for an epoch of one rank as its molecules need, in whatever order', () => {
    const sizes = Float64Array.from({ length: 5000 }, (_, k) => 5 + (k % 25));
    const [point] = forecast(perAtom, { ...even, samples: 5000, sizes }, [1]);
    const work = sizes.reduce((sum, size) => sum + size, 0);
    // Full steps are sampled: their total is met to a fraction of a per cent.
    expect(point.seconds / (0.5 + 0.005 * point.steps + 2e-5 * work)).toBeCloseTo(1, 2);
  });

  test('adds an all-reduce to every step: log2 n latencies and 2 (n - 1)/n passes over the gradient', () => {
    const exchange = { latencySeconds: 1e-4, bytesPerSecond: 1e9, gradientBytes: 2e6 };
    expect(exchangeTime(exchange, 1)).toBe(0);
    expect(exchangeTime(exchange, 2)).toBeCloseTo(1e-4 + 2e-3, 12);
    expect(exchangeTime(exchange, 8)).toBeCloseTo(3e-4 + 3.5e-3, 12);
    const [point] = forecast({ ...plain, exchange }, even, [8]);
    expect(point.exchangeSeconds).toBeCloseTo(point.steps * 3.8e-3, 9);
    expect(point.seconds).toBeCloseTo(0.5 + point.steps * (0.02 + 3.8e-3), 9);
  });

  test('makes ranks beyond the devices take turns', () => {
    const [two, four] = forecast(plain, { ...even, devicesAtOnce: 2 }, [2, 4]);
    expect(two.oversubscribed).toBe(false);
    expect(four.oversubscribed).toBe(true);
    expect((four.seconds - 0.5) / (two.seconds - 0.5)).toBeCloseTo(1, 1);
  });

  describe('with several ranks tried at once', () => {
    const small = { batch: 32, sizes: Array(32 * 4 * 4).fill(18) };
    const workload = { ...even, devicesAtOnce: 2 };
    const tried = {
      ...plain,
      epochOverheadSeconds: [],
      devicesAtOnce: 2,
      // Each rank takes 4 steps of 20 ms: 2 ranks 4 x 20 ms, 4 ranks on 2 devices twice that. Here 1.25 and 1.5 times.
      together: [
        { ...small, ranks: 4, sizes: small.sizes, seconds: [0.24] },
        { ...small, ranks: 2, sizes: small.sizes.slice(0, 32 * 4 * 2), seconds: [0.1] },
      ],
    };

    test('carries what they lose to each other to any data set', () => {
      const points = forecast(tried, workload, [1, 2, 4]);
      expect(points.map((point) => point.contention)).toEqual([
        1,
        expect.closeTo(1.25, 9),
        expect.closeTo(1.5, 9),
      ]);
      const [one, two, four] = points;
      expect(one.seconds).toBeCloseTo(0.02 * one.steps, 9);
      expect(two.seconds).toBeCloseTo(1.25 * 0.02 * two.steps, 9);
      expect(four.seconds).toBeCloseTo(1.5 * 2 * 0.02 * four.steps, 9);
    });

    test('lets it grow with ln n between what was tried, and stay beyond', () => {
      const [three, eight] = forecast(tried, workload, [3, 8]);
      expect(three.contention).toBeGreaterThan(1.25);
      expect(three.contention).toBeLessThan(1.5);
      expect(eight.contention).toBeCloseTo(1.5, 9);
    });

    test('counts the ranks of one machine only', () => {
      const nodes = forecast(tried, { ...even, ranksPerNode: 2 }, [2, 4, 416]);
      for (const { contention } of nodes) expect(contention).toBeCloseTo(1.25, 9);
    });

    test('does not take the exchange, stragglers and turns that the replay knows for contention', () => {
      const random = randomOf(9);
      const sizes = Float64Array.from({ length: 10_000 }, () => 5 + random.below(40));
      const exchange = { latencySeconds: 1e-3, bytesPerSecond: 1e9, gradientBytes: 2e6 };
      const known = { ...perAtom, epochOverheadSeconds: [], devicesAtOnce: 2, exchange };
      for (const ranks of [2, 4]) {
        const own = Array.from(sizes.subarray(0, ranks * 32 * 4));
        const epochs = forecast(known, { ...workload, samples: own.length, sizes: own }, [ranks], {
          replays: 400,
        });
        const together = [{ ranks, batch: 32, sizes: own, seconds: [epochs[0].seconds] }];
        const [point] = forecast({ ...known, together }, { ...workload, sizes }, [ranks]);
        expect(point.contention).toBeCloseTo(1, 1);
      }
    });
  });

  test('has a band that what differs from run to run makes wider', () => {
    const [sure] = forecast(plain, even, [4], { replays: 400 });
    const [unsure] = forecast(plain, even, [4], { replays: 400, betweenRuns: 0.1 });
    expect(sure.interval.high).toBeCloseTo(sure.interval.low, 9);
    // 90 % of a normal distribution lie within 1.645 standard deviations.
    expect(Math.log(unsure.interval.high / unsure.interval.low)).toBeCloseTo(2 * 1.645 * 0.1, 1);
    expect(unsure.seconds / sure.seconds).toBeCloseTo(1, 1);
  });

  test('has a band as wide as the trial’s own steps and epochs vary', () => {
    const random = randomOf(5);
    const noisy: Calibration = {
      ...plain,
      steps: Array.from({ length: 12 }, () => ({
        size: 576,
        seconds: 0.02 * Math.exp(0.2 * random.normal()),
      })),
      epochOverheadSeconds: [0.4, 0.5, 0.6],
    };
    const [point] = forecast(noisy, even, [8]);
    expect(point.interval.high / point.interval.low).toBeGreaterThan(1.05);
    expect(point.interval.low).toBeLessThan(point.seconds);
    expect(point.interval.high).toBeGreaterThan(point.seconds);
  });

  test('gives the same numbers for the same seed', () => {
    const sizes = Float64Array.from({ length: 500 }, (_, k) => 5 + (k % 25));
    const once = () => forecast(perAtom, { ...even, sizes }, [1, 8], { seed: 3 });
    expect(once()).toEqual(once());
  });

  test('of any trial has a positive band', () => {
    const steps = fc.array(
      fc.record({
        seconds: fc.double({ min: 1e-4, max: 1, noNaN: true }),
        size: fc.integer({ min: 1, max: 5000 }),
      }),
      { minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(
        steps,
        fc.integer({ min: 1, max: 3000 }),
        fc.integer({ min: 1, max: 64 }),
        (trial, samples, batch) => {
          const workload = { samples, batchPerDevice: batch, sizes: [10], devicesAtOnce: null };
          for (const point of forecast({ ...plain, steps: trial }, workload, [1, 2, 64, 4096], {
            replays: 5,
          })) {
            expect(point.interval.low).toBeGreaterThan(0);
            expect(point.interval.high).toBeGreaterThanOrEqual(point.interval.low);
            expect(Number.isFinite(point.seconds)).toBe(true);
            expect(point.padding).toBeGreaterThanOrEqual(0);
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  test('of even steps never grows with the devices while the exchange is free', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.integer({ min: 1, max: 64 }),
        (samples, batchPerDevice) => {
          const counts = [1, 2, 3, 7, 16, 100, 416];
          const times = forecast(perAtom, { ...even, samples, batchPerDevice }, counts, { replays: 1 });
          for (let k = 1; k < times.length; k++)
            expect(times[k].seconds).toBeLessThanOrEqual(times[k - 1].seconds * (1 + 1e-9));
        },
      ),
      { numRuns: 50 },
    );
  });

  test('can be analysed like measured times, and shows its own mechanism', () => {
    const points = pointsOfTimes(forecast(plain, even, paperCounts), { samples: 10_000, batchPerDevice: 32 });
    const { laws } = analyse(points);
    const staircase = laws.find(({ fit }) => fit.law.name === 'staircase')!;
    expect(staircase.fit.value('c')).toBeCloseTo(0.5, 6);
    expect(staircase.fit.value('a')).toBeCloseTo(0.02, 8);
  });

  test('needs a step and a sample', () => {
    expect(() => forecast({ ...plain, steps: [] }, even, [1])).toThrow(/at least one measured step/);
    expect(() => forecast(plain, { ...even, samples: 0 }, [1])).toThrow(/training samples/);
  });
});
