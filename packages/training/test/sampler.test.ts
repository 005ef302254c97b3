import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochShare, paddedSamples, samplesPerRank, stepShare, stepsPerEpoch } from '../src/sampler.ts';

const shape = fc.record({
  samples: fc.integer({ min: 1, max: 300 }),
  ranks: fc.integer({ min: 1, max: 40 }),
  batch: fc.integer({ min: 1, max: 50 }),
  seed: fc.nat(),
});
const epoch = fc.integer({ min: 1, max: 1000 });

const shares = (s: { samples: number; ranks: number; batch: number; seed: number }, e: number) =>
  Array.from({ length: s.ranks }, (_, rank) => epochShare({ ...s, rank }, e));
const sorted = (values: Iterable<number>) => [...values].sort((a, b) => a - b);
const counted = ({ order, counted }: { order: Uint32Array; counted: number }) => [
  ...order.subarray(0, counted),
];

describe('the distributed sampler', () => {
  it('counts every sample exactly once an epoch, over all ranks', () => {
    fc.assert(
      fc.property(shape, epoch, (s, e) => {
        expect(sorted(shares(s, e).flatMap(counted))).toEqual(Array.from({ length: s.samples }, (_, i) => i));
      }),
    );
  });

  it('gives every rank as many samples, repeating the permutation from its start', () => {
    fc.assert(
      fc.property(shape, epoch, (s, e) => {
        const all = shares(s, e);
        const one = epochShare({ ...s, ranks: 1, rank: 0 }, e).order;
        for (const [r, { order }] of all.entries()) {
          expect(order.length).toBe(samplesPerRank(s));
          expect([...order]).toEqual([...order.keys()].map((i) => one[(r + i * s.ranks) % s.samples]));
        }
        const repeats = all.reduce((n, share) => n + share.order.length - share.counted, 0);
        expect(repeats).toBe(paddedSamples(s));
        expect(repeats).toBeLessThan(s.ranks);
      }),
    );
  });

  it('shows k ranks with batch b, at every step, what it shows one rank with batch k b', () => {
    fc.assert(
      fc.property(shape, epoch, (s, e) => {
        const one = epochShare({ ...s, ranks: 1, rank: 0 }, e);
        const all = shares(s, e);
        const steps = stepsPerEpoch(s);
        expect(steps).toBe(stepsPerEpoch({ samples: s.samples, ranks: 1, batch: s.batch * s.ranks }));
        for (let step = 0; step < steps; step++) {
          const together = all.flatMap((share) => counted(stepShare(share, step, s.batch)));
          expect(sorted(together)).toEqual(sorted(counted(stepShare(one, step, s.batch * s.ranks))));
        }
      }),
    );
  });

  it('leaves no rank without a sample at any step', () => {
    fc.assert(
      fc.property(shape, epoch, (s, e) => {
        for (const share of shares(s, e)) {
          for (let step = 0; step < stepsPerEpoch(s); step++) {
            const { order } = stepShare(share, step, s.batch);
            expect(order.length).toBeGreaterThan(0);
            expect(order.length).toBeLessThanOrEqual(s.batch);
          }
        }
      }),
    );
  });

  it('draws another order in each epoch and for each seed, the same one when asked again', () => {
    const s = { samples: 1000, ranks: 1, rank: 0, batch: 10 };
    const order = (seed: number, e: number) => epochShare({ ...s, seed }, e).order;
    expect(order(42, 3)).toEqual(order(42, 3));
    for (const other of [order(42, 4), order(43, 3), order(43, 2), order(41, 4)]) {
      const fixed = other.filter((value, i) => value === order(42, 3)[i]).length;
      expect(fixed).toBeLessThan(10);
    }
  });
});
