import { describe, expect, test } from 'vitest';
import { bootstrap, laws, type Point, pointOfRun } from '../src/index.ts';
import { randomOf } from '../src/math/random.ts';
import { onQm9, unknown } from './laws/fitted.ts';
import { points, qm9 } from './times.ts';

const overhead = laws.find((law) => law.name === 'overhead')!;
const power = laws.find((law) => law.name === 'power')!;

/** Runs of `epochs` epochs whose times vary by 5 % within a run and by `between` from run to run. */
function measured(repeats: number, epochs: number, between: number, seed: number): Point[] {
  const random = randomOf(seed);
  return [2, 4, 8, 16, 32, 64].flatMap((devices) =>
    Array.from({ length: repeats }, (_, repeat) => {
      const base = (0.85 + 18 / devices) * Math.exp(between * random.normal());
      const point = pointOfRun({
        id: `${devices}-${repeat}`,
        series: 's',
        devices,
        repeat,
        protocol: 'fixed-per-device-batch',
        batchPerDevice: qm9.batchPerDevice,
        oversubscribed: false,
        epochs: Array.from({ length: epochs }, (_, k) => ({
          attempt: 1,
          epoch: k + 1,
          seconds: base * Math.exp(0.05 * random.normal()),
          steps: 10,
          samples: qm9.samples,
          padded: 0,
          imbalance: 1,
        })),
      });
      return point!;
    }),
  );
}

describe('the bootstrap', () => {
  test('with fewer than three repeats resamples epochs, and is labelled so', () => {
    expect(bootstrap(measured(2, 10, 0.1, 1), overhead, onQm9)?.scope).toBe('within-run');
    expect(bootstrap(measured(3, 10, 0.1, 1), overhead, onQm9)?.scope).toBe('between-runs');
  });

  test('sees the variation between runs only where there are repeats', () => {
    const width = (repeats: number) => {
      const { parameters } = bootstrap(measured(repeats, 10, 0.15, 2), power, onQm9)!;
      const { interval } = parameters.find(({ symbol }) => symbol === 'beta')!;
      return interval.high - interval.low;
    };
    expect(width(3)).toBeGreaterThan(1.5 * width(1));
  });

  test('holds the planted parameters and n_half most of the time', () => {
    let hits = 0;
    for (let seed = 1; seed <= 25; seed++) {
      const half = bootstrap(measured(1, 12, 0, seed), overhead, unknown, { replicates: 150, seed })!.half!;
      if (half.low <= 18 / 0.85 && 18 / 0.85 <= half.high) hits++;
    }
    expect(hits).toBeGreaterThanOrEqual(20);
  });

  test('bands hold the fitted curve and widen beyond the counts', () => {
    const result = bootstrap(measured(3, 10, 0.1, 5), overhead, onQm9)!;
    const width = (n: number) => Math.log(result.band(n).high / result.band(n).low);
    expect(result.band(8).low).toBeLessThan(0.85 + 18 / 8);
    expect(result.band(8).high).toBeGreaterThan(0.85 + 18 / 8);
    expect(width(1000)).toBeGreaterThan(width(8));
  });

  test('the same seed gives the same intervals, another seed others', () => {
    const sample = measured(1, 10, 0, 3);
    const intervals = (seed: number) => bootstrap(sample, overhead, onQm9, { seed })!.parameters;
    expect(intervals(1)).toEqual(intervals(1));
    expect(intervals(1)).not.toEqual(intervals(2));
  });

  test('times without their epochs have nothing to resample', () => {
    expect(
      bootstrap(
        points((n) => 1 + 10 / n),
        overhead,
        unknown,
      ),
    ).toBeUndefined();
  });

  test('nor have fewer counts than the law needs', () => {
    const few = measured(3, 10, 0.1, 1).filter((point) => point.devices <= 4);
    expect(bootstrap(few, overhead, onQm9)).toBeUndefined();
  });
});
