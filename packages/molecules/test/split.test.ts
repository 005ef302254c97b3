import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  officialSizes,
  qm9Size,
  type SplitIndices,
  splitMolecules,
  splitParts,
  splitSizes,
} from '../src/index.ts';

const eighty = { train: 0.8, validation: 0.1, test: 0.1, seed: 42 };

const all = ({ train, validation, test }: SplitIndices) => [...train, ...validation, ...test];

describe('a split by fractions', () => {
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
  const dimenet = { ...eighty, named: 'dimenet' } as const;

  it("is NumPy's RandomState(42).permutation(130831) in three parts", () => {
    const { train, validation, test } = splitMolecules(qm9Size, { ...dimenet, seed: 7 });
    expect([train.length, validation.length, test.length]).toEqual([110_000, 10_000, 10_831]);
    expect(Array.from(train.slice(0, 5))).toEqual([112526, 100113, 55940, 12786, 34071]);
    expect(Array.from(test.slice(-3))).toEqual([860, 15795, 121958]);
    expect([validation[0], test[0]]).toEqual([90042, 24143]);
    const order = BigInt64Array.from([...train, ...validation, ...test], BigInt);
    expect(createHash('sha256').update(order).digest('hex')).toBe(
      'f7b0eee126e61118d59b1d7053a89bfbb37768eaee1d4d97039a4b6fc75e4c85',
    );
  });

  it('keeps its parts and their shares under a limit', () => {
    const whole = splitMolecules(qm9Size, dimenet);
    const some = splitMolecules(qm9Size, dimenet, 13_083);
    for (const part of splitParts) {
      expect(some[part]).toEqual(whole[part].subarray(0, some[part].length));
      expect(some[part].length / whole[part].length).toBeCloseTo(0.1, 3);
    }
  });

  it('is refused for any other set', () => {
    expect(() => splitMolecules(130_830, dimenet)).toThrow(/130831 molecules.*this set has 130830/);
  });
});

describe('the split "official"', () => {
  const official = { ...eighty, named: 'official' } as const;
  const partsOf = fc.array(fc.nat(3), { minLength: 1, maxLength: 200 }).map((list) => Uint8Array.from(list));

  it('is what the set says of each molecule', () => {
    fc.assert(
      fc.property(partsOf, (parts) => {
        fc.pre(parts.includes(1));
        const split = splitMolecules(parts.length, official, undefined, parts);
        for (const [k, part] of splitParts.entries()) {
          const said = [...parts.keys()].filter((m) => parts[m] === k + 1);
          expect(Array.from(split[part]).sort((a, b) => a - b)).toEqual(said);
        }
      }),
    );
  });

  it('takes a seeded sample of each part under a limit', () => {
    const parts = Uint8Array.from({ length: 1000 }, (_, m) => (m < 800 ? 1 : m < 900 ? 2 : 3));
    const split = splitMolecules(1000, official, 100, parts);
    expect(splitParts.map((part) => split[part].length)).toEqual([80, 10, 10]);
    expect(Math.max(...split.train)).toBeGreaterThan(600);
    expect(splitMolecules(1000, { ...official, seed: 1 }, 100, parts)).not.toEqual(split);
    expect(() => splitMolecules(1000, official, 0.4, parts)).toThrow(/limit of 0.4 leaves no molecule/);
  });

  it('is refused in words where there is none, or none to train on', () => {
    expect(() => splitMolecules(10, official)).toThrow(/no official split\. Split it by fractions/);
    expect(() => splitMolecules(2, official, undefined, Uint8Array.of(2, 3))).toThrow(/no training part/);
  });
});

describe('the sizes of a split', () => {
  it('are those of its parts, known without the molecules', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(3), { minLength: 5, maxLength: 200 }),
        fc.constantFrom(undefined, 'official' as const),
        fc.option(fc.integer({ min: 5, max: 300 }), { nil: undefined }),
        (list, named, limit) => {
          const parts = Uint8Array.from([1, 1, 1, ...list]);
          const split = { ...eighty, ...(named && { named }) };
          const sizes = splitSizes(parts.length, split, limit, officialSizes(parts));
          fc.pre(sizes.train > 0);
          const made = splitMolecules(parts.length, split, limit, parts);
          expect(splitParts.map((part) => made[part].length)).toEqual(splitParts.map((part) => sizes[part]));
        },
      ),
    );
  });
});

describe('training on a part', () => {
  it('keeps validation and test, and nests the training sets', () => {
    const split = { train: 0.6, validation: 0.2, test: 0.1, seed: 3 };
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 200 }), fc.integer({ min: 1, max: 200 }), (limit, wish) => {
        const used = Math.min(wish, limit);
        const whole = splitMolecules(150, split, limit);
        const part = splitMolecules(150, split, limit, undefined, used);
        expect(part.validation).toEqual(whole.validation);
        expect(part.test).toEqual(whole.test);
        expect([...part.train]).toEqual([...whole.train.subarray(0, part.train.length)]);
        expect(part.train.length).toBe(splitSizes(150, split, limit, null, used).train);
        expect(part.train.length).toBeGreaterThanOrEqual(1);
        const alone = splitSizes(150, split, used).train;
        expect(Math.abs(part.train.length - Math.max(1, alone))).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('takes the same share of the training part of a set’s own split', () => {
    const parts = Uint8Array.from({ length: 100 }, (_, k) => (k < 80 ? 1 : k < 90 ? 2 : 3));
    const own = { named: 'official' as const, train: 0.8, validation: 0.1, test: 0.1, seed: 1 };
    const whole = splitMolecules(100, own, undefined, parts);
    const part = splitMolecules(100, own, undefined, parts, 25);
    expect([...part.train]).toEqual([...whole.train.subarray(0, 20)]);
    expect(part.validation).toEqual(whole.validation);
  });
});
