import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dimenetSplit, permutation, type SplitIndices, splitMolecules } from '../src/index.ts';

const all = ({ train, validation, test }: SplitIndices) => [...train, ...validation, ...test];

describe('a split by fractions', () => {
  const eighty = { train: 0.8, validation: 0.1, test: 0.1, seed: 42 };

  it('puts every molecule in one part where the fractions add up to 1', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 500 }), fc.nat(), (size, seed) => {
        const parts = splitMolecules(size, { ...eighty, seed });
        expect(all(parts).sort((a, b) => a - b)).toEqual([...Array(size).keys()]);
      }),
    );
  });

  it('never puts a molecule in two parts, nor uses more than the limit', () => {
    const share = fc.double({ min: 0, max: 0.33, noNaN: true });
    fc.assert(
      fc.property(share, share, fc.integer({ min: 1, max: 400 }), (validation, test, limit) => {
        const parts = all(splitMolecules(300, { train: 0.3, validation, test, seed: 1 }, Math.max(limit, 4)));
        expect(new Set(parts).size).toBe(parts.length);
        expect(parts.length).toBeLessThanOrEqual(Math.max(limit, 4));
      }),
    );
  });

  it('has the sizes one expects', () => {
    const parts = splitMolecules(4054, eighty, 1000);
    expect([parts.train.length, parts.validation.length, parts.test.length]).toEqual([800, 100, 100]);
  });

  it('with a limit takes a sample of the whole set, not its first molecules', () => {
    expect(Math.max(...all(splitMolecules(4054, eighty, 100)))).toBeGreaterThan(3000);
  });

  it('is the same for the same seed and another for another', () => {
    expect(splitMolecules(100, eighty)).toEqual(splitMolecules(100, eighty));
    expect(splitMolecules(100, eighty).train).not.toEqual(splitMolecules(100, { ...eighty, seed: 43 }).train);
  });

  it('is refused where it leaves nothing to train on', () => {
    expect(() => splitMolecules(10, { ...eighty, train: 0.01 })).toThrow(/none to train on.*Raise/);
    expect(() => splitMolecules(0, eighty)).toThrow(/none to train on/);
  });
});

describe('the split "dimenet"', () => {
  it("is NumPy's RandomState(42).permutation(130831) in three parts", () => {
    const { train, validation, test } = dimenetSplit(130_831);
    expect([train.length, validation.length, test.length]).toEqual([110_000, 10_000, 10_831]);
    expect(Array.from(train.slice(0, 5))).toEqual([112526, 100113, 55940, 12786, 34071]);
    expect(Array.from(test.slice(-3))).toEqual([860, 15795, 121958]);
    expect([validation[0], test[0]]).toEqual([90042, 24143]);
    const order = BigInt64Array.from(permutation(130_831, 42), BigInt);
    expect(createHash('sha256').update(order).digest('hex')).toBe(
      'f7b0eee126e61118d59b1d7053a89bfbb37768eaee1d4d97039a4b6fc75e4c85',
    );
  });

  it('is refused for any other set', () => {
    expect(() => dimenetSplit(130_830)).toThrow(/130831 molecules.*this set has 130830/);
  });
});
