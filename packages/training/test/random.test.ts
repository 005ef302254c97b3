import { describe, expect, it } from 'vitest';
import { permutation, randomStream, uniform } from '../src/random.ts';

describe('random streams', () => {
  it('are the same on every machine and in every version', () => {
    const random = randomStream(42, 1);
    expect([random(), random(), random()]).toMatchInlineSnapshot(`
      [
        1265443100,
        463987655,
        4077228907,
      ]
    `);
    expect([...permutation(8, randomStream(7, 2))]).toMatchInlineSnapshot(`
      [
        7,
        6,
        1,
        5,
        3,
        4,
        0,
        2,
      ]
    `);
  });

  it('are uniform in mean, variance and in each of their bits', () => {
    const random = randomStream(1);
    const n = 200_000;
    const bits = new Float64Array(32);
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < n; i++) {
      const value = random();
      for (let b = 0; b < 32; b++) bits[b] += (value >>> b) & 1;
      sum += value / 2 ** 32;
      squares += (value / 2 ** 32) ** 2;
    }
    // Five standard errors.
    expect(Math.abs(sum / n - 1 / 2)).toBeLessThan((5 * Math.sqrt(1 / 12)) / Math.sqrt(n));
    expect(Math.abs(squares / n - 1 / 3)).toBeLessThan((5 * Math.sqrt(4 / 45)) / Math.sqrt(n));
    for (const ones of bits) expect(Math.abs(ones / n - 1 / 2)).toBeLessThan(2.5 / Math.sqrt(n));
  });

  it('put every order of four things equally often', () => {
    const counts = new Map<string, number>();
    const random = randomStream(5);
    const n = 24_000;
    for (let i = 0; i < n; i++) {
      const key = permutation(4, random).join('');
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    // Chi squared with 23 degrees of freedom: above 60 once in 30,000 times.
    const chi = [...counts.values()].reduce((sum, c) => sum + (c - n / 24) ** 2 / (n / 24), 0);
    expect(chi).toBeLessThan(60);
  });

  it('differ between neighbouring seeds and epochs', () => {
    const first = new Set<number>();
    for (let seed = 0; seed < 100; seed++) for (let e = 0; e < 100; e++) first.add(randomStream(seed, e)());
    expect(first.size).toBeGreaterThan(9_990);
  });

  it('keep seeds above 2^32 apart', () => {
    expect(randomStream(1)()).not.toBe(randomStream(1 + 2 ** 32)());
  });

  it('give uniform numbers below one', () => {
    const next = uniform(() => 2 ** 32 - 1);
    expect(next()).toBeLessThan(1);
  });
});
