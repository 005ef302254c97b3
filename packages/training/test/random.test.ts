import { describe, expect, it } from 'vitest';
import { seedOf } from '../src/random.ts';

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
