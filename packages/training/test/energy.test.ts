import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SingleCollective } from '../src/collective/single.ts';
import { countEnergy, gatherNames, noEnergy } from '../src/energy.ts';

const none = Number.NaN;

describe('the energy of an epoch', () => {
  it('counts a host once, on its first rank, and each GPU that ranks share once', () => {
    const names = [
      { cpu: 'n1', gpu: 'a' },
      { cpu: 'n1', gpu: 'b' },
      { cpu: 'n2', gpu: 'c' },
      { cpu: 'n2', gpu: 'c' },
    ];
    const readings = [100, 101, 50, 51].map((cpu, rank) => ({ cpu, gpu: 10 + rank }));
    expect(countEnergy(names, readings)).toEqual({
      ranks: [{ cpu: 100, gpu: 10 }, { gpu: 11 }, { cpu: 50, gpu: 12 }, undefined],
      total: { cpu: 150, gpu: 33 },
    });
  });

  it('has no total where a part of it could not be read', () => {
    const names = [
      { cpu: 'n1', gpu: 'a' },
      { cpu: 'n2', gpu: 'b' },
    ];
    const told = countEnergy(names, [
      { cpu: 5, gpu: none },
      { cpu: 6, gpu: 7 },
    ]);
    expect(told).toEqual({ ranks: [{ cpu: 5 }, { cpu: 6, gpu: 7 }], total: { cpu: 11 } });
    const without = [names[0]!, { cpu: null, gpu: null }];
    expect(countEnergy(without, [{ cpu: 5, gpu: 2 }, noEnergy.read()])).toEqual({
      ranks: [{ cpu: 5, gpu: 2 }, undefined],
      total: undefined,
    });
  });

  it('is never guessed: what is told is the sum of what was read, each counter once', () => {
    const reading = fc.record({
      name: fc.option(fc.constantFrom('n1', 'n2', 'n3'), { nil: null }),
      value: fc.oneof(fc.constant(none), fc.double({ min: 0, max: 1e9, noNaN: true })),
    });
    fc.assert(
      fc.property(fc.array(reading, { minLength: 1 }), (all) => {
        const names = all.map(({ name }) => ({ cpu: name, gpu: null }));
        const { ranks, total } = countEnergy(
          names,
          all.map(({ value }) => ({ cpu: value, gpu: none })),
        );
        const first = all.filter(
          ({ name }, i) => name !== null && all.findIndex((o) => o.name === name) === i,
        );
        const known = first.filter(({ value }) => value >= 0);
        expect(ranks.filter(Boolean)).toHaveLength(known.length);
        const complete = all.every(({ name }) => name !== null) && known.length === first.length;
        expect(total?.cpu !== undefined).toBe(complete);
        if (complete) {
          expect(total!.cpu).toBeCloseTo(
            known.reduce((sum, { value }) => sum + value, 0),
            3,
          );
        }
        expect(total?.gpu).toBeUndefined();
      }),
    );
  });

  it('without a meter is not told', async () => {
    const names = await gatherNames(new SingleCollective(), noEnergy);
    expect(countEnergy(names!, [noEnergy.read()])).toEqual({ ranks: [undefined], total: undefined });
  });
});
