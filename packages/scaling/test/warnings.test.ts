import { describe, expect, test } from 'vitest';
import { analyse, type Point } from '../src/index.ts';
import { noisy, paperCounts, points, qm9, staircaseTime } from './times.ts';

const time = noisy(staircaseTime(0.85, 0.021), 0.02, 1);

function warned(sample: readonly Point[]): Map<string, string> {
  return new Map(analyse(sample).warnings.map(({ kind, message }) => [kind, message]));
}

describe('warnings', () => {
  test('one or two counts: an exponent needs three', () => {
    expect(warned(points(time, [2])).get('too-few-counts')).toBe(
      'One device count is measured: an exponent needs at least 3.',
    );
    expect(warned(points(time, [2, 4])).get('too-few-counts')).toBe(
      '2 device counts are measured: an exponent needs at least 3.',
    );
    expect(warned(points(time, [2, 4, 8])).has('too-few-counts')).toBe(false);
  });

  test('three or four counts: no law can be preferred', () => {
    expect(warned(points(time, [2, 4, 8, 16])).get('no-choice')).toContain('measure at least 5');
    expect(warned(points(time, [2, 4, 8, 16, 32])).has('no-choice')).toBe(false);
  });

  test('counts close together say little of others', () => {
    expect(warned(points(time, [2, 3, 4])).get('narrow-range')).toContain('a factor of 2 only');
    expect(warned(points(time, [2, 4, 8])).has('narrow-range')).toBe(false);
  });

  test('fewer than ten steps, and more than 5 % padding, name their counts', () => {
    const kinds = warned(points(time, paperCounts, { samples: 110_000, batchPerDevice: 128 }));
    expect(kinds.get('few-steps')).toMatch(
      /^At 128, 256, 364 and 416 devices an epoch has fewer than 10 steps/,
    );
    expect(kinds.has('padding')).toBe(false);
    const small = warned(points(time, [2, 4, 8, 300], { samples: 1000, batchPerDevice: 1 }));
    expect(small.get('padding')).toMatch(/^At 300 devices the sampler repeats more than 5 %/);
  });

  test('shared devices, first epochs alone and slow ranks are named', () => {
    const sample = points(time, [1, 2, 4, 8], qm9).map(
      (point): Point => ({
        ...point,
        oversubscribed: point.devices > 4,
        warmUpOnly: point.devices === 2,
        imbalance: point.devices === 4 ? 1.5 : 1.01,
      }),
    );
    const kinds = warned(sample);
    expect(kinds.get('oversubscribed')).toMatch(/^At 8 devices there were more ranks than devices/);
    expect(kinds.get('warm-up-only')).toMatch(/^At 2 devices only a first epoch/);
    expect(kinds.get('imbalance')).toMatch(/^At 4 devices the slowest rank takes 1.5 times the mean/);
  });

  test('bands are within runs until every count has three repeats', () => {
    const once = points(time, [2, 4, 8]);
    expect(warned(once).has('within-run')).toBe(true);
    const thrice = [0, 1, 2].flatMap((repeat) => once.map((point) => ({ ...point, repeat })));
    expect(warned(thrice).has('within-run')).toBe(false);
  });

  test('a good R² does not hide a floor', () => {
    const message = warned(points(time, paperCounts)).get('curvature');
    expect(message).toContain('flatten against a power law');
    expect(message).toContain('R² of 0.9');
    expect(
      warned(
        points(
          noisy((n) => 20 * n ** -0.6, 0.03, 2),
          paperCounts,
        ),
      ).has('curvature'),
    ).toBe(false);
  });
});
