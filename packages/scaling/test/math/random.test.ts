import { describe, expect, test } from 'vitest';
import { randomOf } from '../../src/math/random.ts';
import { mean, variance } from '../../src/math/stats.ts';

describe('seeded random numbers', () => {
  test('the same seed gives the same stream, another seed another', () => {
    const take = (seed: number) => {
      const random = randomOf(seed);
      return Array.from({ length: 5 }, () => random.uniform());
    };
    expect(take(7)).toEqual(take(7));
    expect(take(7)).not.toEqual(take(8));
  });

  test('normal numbers have mean 0, variance 1 and the normal’s tails', () => {
    const random = randomOf(1);
    const values = Array.from({ length: 40_000 }, () => random.normal());
    expect(Math.abs(mean(values))).toBeLessThan(0.02);
    expect(variance(values)).toBeCloseTo(1, 1);
    const outside = values.filter((value) => Math.abs(value) > 1.96).length / values.length;
    expect(Math.abs(outside - 0.05)).toBeLessThan(0.005);
  });

  test('whole numbers fall on every value below the bound, about equally often', () => {
    const random = randomOf(3);
    const tally = new Array<number>(10).fill(0);
    for (let k = 0; k < 20_000; k++) tally[random.below(10)]++;
    for (const count of tally) expect(Math.abs(count - 2000)).toBeLessThan(200);
  });
});
