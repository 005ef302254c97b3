import { describe, expect, it } from 'vitest';
import { MersenneTwister, permutation } from '../src/index.ts';

describe('the Mersenne Twister', () => {
  it('gives the first and the 10,000th number of MT19937 seeded with 5489', () => {
    const twister = new MersenneTwister(5489);
    expect(twister.next()).toBe(3499211612);
    let last = 0;
    for (let k = 2; k <= 10_000; k++) last = twister.next();
    // The value the C++ standard requires of std::mt19937 ([rand.predef]).
    expect(last).toBe(4123659995);
  });

  it('draws every number up to a bound, about as often', () => {
    const twister = new MersenneTwister(1);
    const counts = new Uint32Array(6);
    for (let k = 0; k < 6000; k++) counts[twister.upTo(5)]++;
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150);
    expect(twister.upTo(0)).toBe(0);
    expect(twister.upTo(0xffffffff)).toBeLessThan(2 ** 32);
  });
});

describe('a permutation', () => {
  it("is NumPy's RandomState(42).permutation(10)", () => {
    expect(Array.from(permutation(10, 42))).toEqual([8, 1, 5, 0, 7, 2, 9, 4, 3, 6]);
  });

  it('holds each number once, whatever the size', () => {
    for (const size of [0, 1, 2, 3, 255, 256, 257]) {
      expect(Array.from(permutation(size, 7)).sort((a, b) => a - b)).toEqual([...Array(size).keys()]);
    }
  });

  it('depends on the seed and on nothing else', () => {
    expect(permutation(50, 3)).toEqual(permutation(50, 3));
    expect(permutation(50, 3)).not.toEqual(permutation(50, 4));
  });
});
