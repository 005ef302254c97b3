import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pauseSeconds } from '../../src/rank/backoff.ts';

describe('the pause before the next try', () => {
  it('lies between 1 and 30 s, however many have failed', () => {
    fc.assert(
      fc.property(
        fc.nat(10_000),
        fc.float({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (failures, random) => {
          const pause = pauseSeconds(failures, 1, 30, random);
          expect(pause).toBeGreaterThanOrEqual(1);
          expect(pause).toBeLessThanOrEqual(30);
        },
      ),
    );
  });

  it('is at most 2 s after the first failure and up to 30 s after the fifth', () => {
    expect(pauseSeconds(1, 1, 30, 0.999)).toBeLessThan(2);
    expect(pauseSeconds(5, 1, 30, 0.999)).toBeGreaterThan(29);
  });

  it('is spread so that ranks do not come back together', () => {
    const pauses = Array.from({ length: 100 }, () => pauseSeconds(6));
    expect(new Set(pauses.map((p) => Math.floor(p))).size).toBeGreaterThan(15);
  });
});
