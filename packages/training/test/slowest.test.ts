import fc from 'fast-check';
import { expect, it } from 'vitest';
import { slowestOf } from '../src/slowest.ts';

const rank = (rank: number, busy: number, communication: number) => ({
  rank,
  data: busy / 4,
  compute: (3 * busy) / 4,
  communication,
});

it('the slowest rank is the one with most data and compute, and the others waited beyond what the exchange takes', () => {
  expect(slowestOf([rank(0, 1, 0.5), rank(1, 1.4, 0.1), rank(2, 1, 0.5), rank(3, 0.9, 0.6)])).toEqual({
    rank: 1,
    seconds: expect.closeTo(1.4, 12),
    median: expect.closeTo(1, 12),
    waited: expect.closeTo(1.3 / 3, 12),
  });
});

it('one rank waits for nobody', () => {
  expect(slowestOf([rank(0, 1, 0)])).toBeUndefined();
});

it('is never faster than the median, nor waited for less than no time', () => {
  const seconds = fc.double({ min: 0, max: 1e5, noNaN: true });
  fc.assert(
    fc.property(fc.array(fc.tuple(seconds, seconds), { minLength: 2 }), (all) => {
      const { seconds: most, median, waited } = slowestOf(all.map(([a, b], i) => rank(i, a, b)))!;
      expect(most).toBeGreaterThanOrEqual(median);
      expect(waited).toBeGreaterThanOrEqual(0);
    }),
  );
});
