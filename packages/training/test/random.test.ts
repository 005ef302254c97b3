import { describe, expect, it } from 'vitest';
import { seedOf, uniform } from '../src/random.ts';

describe('seeds made from a seed and a purpose', () => {
  it('are the same in every version', () => {
    expect([seedOf(42), seedOf(42, 1), seedOf(0, 0, 3)]).toMatchInlineSnapshot(`
      [
        3013342655,
        2011980366,
        3446154283,
      ]
    `);
  });

  it('differ for every seed and epoch, and for every order of the two', () => {
    const seen = new Set<number>();
    for (let seed = 0; seed < 100; seed++)
      for (let epoch = 0; epoch < 100; epoch++) seen.add(seedOf(seed, epoch));
    // Of 10,000 draws from 2^32, 0.01 are expected twice.
    expect(seen.size).toBeGreaterThan(9_995);
  });

  it('keep seeds above 2^32 apart', () => {
    expect(seedOf(1)).not.toBe(seedOf(1 + 2 ** 32));
  });
});

describe('uniform numbers', () => {
  it('have the mean and variance of U(0, 1), and repeat for the same seed', () => {
    const next = uniform(seedOf(1));
    const n = 100_000;
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < n; i++) {
      const value = next();
      sum += value;
      squares += value * value;
    }
    // Five standard errors.
    expect(Math.abs(sum / n - 1 / 2)).toBeLessThan((5 * Math.sqrt(1 / 12)) / Math.sqrt(n));
    expect(Math.abs(squares / n - 1 / 3)).toBeLessThan((5 * Math.sqrt(4 / 45)) / Math.sqrt(n));
    expect(uniform(7)()).toBe(uniform(7)());
    expect(uniform(7)()).not.toBe(uniform(8)());
  });
});
