import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { imbalance } from '../src/record.ts';

describe('imbalance', () => {
  it('is the slowest rank over the mean, of data and compute', () => {
    expect(
      imbalance([
        { data: 1, compute: 2 },
        { data: 0, compute: 1 },
      ]),
    ).toBe(1.5);
  });

  it('is exactly 1 or more, whatever the times', () => {
    const seconds = fc.double({ min: 0, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.record({ data: seconds, compute: seconds }), { minLength: 1 }), (ranks) => {
        expect(imbalance(ranks)).toBeGreaterThanOrEqual(1);
        expect(imbalance(ranks)).toBeLessThanOrEqual(ranks.length * (1 + 1e-12));
      }),
    );
  });

  it('is 1 where nothing took any time', () => {
    expect(imbalance([{ data: 0, compute: 0 }])).toBe(1);
  });
});
