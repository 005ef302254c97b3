import { describe, expect, it } from 'vitest';
import type { Collective } from '../src/collective/collective.ts';
import { SingleCollective } from '../src/collective/single.ts';
import { absoluteErrors, meanAbsoluteError } from '../src/metrics.ts';

describe('the mean absolute error', () => {
  it("is in the target's own unit, of the counted molecules alone", () => {
    const errors = absoluteErrors([0, 1, -1], [10, 10, 1000], 2, { mean: 10, std: 4 });
    expect(errors).toEqual({ sum: 4, count: 2 });
  });

  it('is null over no molecules', async () => {
    expect(await meanAbsoluteError(new SingleCollective(), { sum: 0, count: 0 })).toBeNull();
  });

  it('weighs each molecule alike, not each rank, and is the same number on every rank', async () => {
    // Rank 0 of two, whose peer has 3 molecules and errors that add up to 1.
    const sent: number[][] = [];
    const two: Collective = {
      ...new SingleCollective(),
      kind: 'threads',
      rank: 0,
      size: 2,
      allReduce: async () => {},
      barrier: async () => {},
      gather: async (own) => [own, Float64Array.of(1, 3)],
      broadcast: async (values) => void sent.push([...values]),
    };
    const mae = await meanAbsoluteError(two, { sum: 0.1, count: 4 });
    expect(mae).toBe(Math.fround(1.1 / 7));
    expect(sent).toEqual([[mae, 1]]);
  });
});
