import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stragglerInWords, stragglerOf, type WaitedEpoch } from '../src/stragglers.ts';

const places = [0, 1, 2, 3, 4, 5, 6, 7].map((rank) => ({ rank, host: rank < 4 ? 'n1' : 'n2' }));
const epoch = (rank: number, ratio: number, waited = 0.25): WaitedEpoch => ({
  seconds: 1,
  slowest: { rank, seconds: 0.5 * ratio, median: 0.5, waited },
});

describe('a straggler', () => {
  it('is the rank that is the slowest in most epochs, by a tenth or more', () => {
    const epochs = [3, 3, 5, 3, 3].map((rank) => epoch(rank, 1.4));
    const found = stragglerOf(epochs, places)!;
    expect(found).toEqual({
      rank: 3,
      host: 'n1',
      wholeHost: false,
      ratio: expect.closeTo(1.4, 12),
      epochs: 0.8,
      waiting: 0.25,
    });
    expect(stragglerInWords(found)).toBe(
      'rank 3 on n1 takes 1.40 times as long as the median of the others, who wait for it 25 % of the time',
    );
    expect(
      stragglerOf(
        [3, 3, 3, 3].map((rank) => epoch(rank, 1.05)),
        places,
      ),
    ).toBeUndefined();
  });

  it('is a host where its ranks take turns at being the slowest', () => {
    const epochs = [4, 5, 6, 5, 7, 4].map((rank) => epoch(rank, 1.3));
    const found = stragglerOf(epochs, places)!;
    expect(found).toMatchObject({ host: 'n2', wholeHost: true, epochs: 1 });
    expect(stragglerInWords(found)).toMatch(/^the slowest rank on n2 takes 1\.30 times/);
    // On one host alone they only take turns.
    const together = places.map(({ rank }) => ({ rank, host: 'n1' }));
    expect(stragglerOf(epochs, together)).toBeUndefined();
  });

  it('is not made of two epochs, nor of what was long ago', () => {
    expect(stragglerOf([epoch(3, 2), epoch(3, 2)], places)).toBeUndefined();
    const old = Array.from({ length: 50 }, () => epoch(3, 2));
    const since = Array.from({ length: 20 }, (_, i) => epoch(i % 8, 1.2));
    expect(stragglerOf([...old, ...since], places)).toBeUndefined();
  });

  it('is not there where records do not tell, or one rank trains alone', () => {
    expect(stragglerOf([], places)).toBeUndefined();
    expect(
      stragglerOf(
        Array.from({ length: 9 }, () => ({ seconds: 1 })),
        places,
      ),
    ).toBeUndefined();
    // Places may not be known: the rank still is.
    const found = stragglerOf(
      [1, 1, 1].map((rank) => epoch(rank, 1.5)),
      [],
    )!;
    expect(stragglerInWords(found)).toMatch(/^rank 1 takes 1\.50 times/);
  });

  it('is seldom found among ranks that are alike', () => {
    const draws = fc.array(fc.integer({ min: 0, max: 7 }), { minLength: 12, maxLength: 20 });
    let found = 0;
    fc.assert(
      fc.property(draws, (ranks) => {
        const together = places.map(({ rank }) => ({ rank, host: 'n1' }));
        if (
          stragglerOf(
            ranks.map((rank) => epoch(rank, 1.2)),
            together,
          )
        )
          found++;
        return true;
      }),
      { numRuns: 300, seed: 1 },
    );
    expect(found).toBeLessThan(30);
  });
});
