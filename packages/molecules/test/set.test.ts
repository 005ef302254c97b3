import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  limitMolecules,
  moleculeAt,
  moleculeId,
  moleculeSet,
  selectMolecules,
  targetOf,
} from '../src/index.ts';
import { molecules } from './arbitrary.ts';
import { expectValid } from './valid.ts';

const water = {
  id: 'water',
  atomicNumbers: [8, 1, 1],
  positions: [
    [0, 0, 0],
    [0.96, 0, 0],
    [-0.24, 0.93, 0],
  ],
  bonds: [
    [0, 1, 1],
    [0, 2, 1],
  ],
  targets: { dipole: 1.85 },
};

describe('a molecule set', () => {
  it('gives back what it was made from, to float32', () => {
    fc.assert(
      fc.property(molecules, (list) => {
        const set = moleculeSet(list, { t: 'eV' });
        expectValid(set);
        expect(set.targets.t.unit).toBe('eV');
        for (const [m, molecule] of list.entries()) {
          expect(moleculeAt(set, m)).toEqual({
            id: String(m),
            atomicNumbers: molecule.atomicNumbers,
            positions: molecule.positions?.map((row) => row.map(Math.fround)),
            bonds: molecule.bonds,
            targets: { t: Math.fround(molecule.targets?.t ?? 0) },
          });
        }
      }),
    );
  });

  it('selects molecules in any order, with repeats, as if they had been put in so', () => {
    fc.assert(
      fc.property(molecules, fc.array(fc.nat(), { maxLength: 6 }), (list, picks) => {
        const set = moleculeSet(list);
        const chosen = picks.map((pick) => pick % set.size);
        const part = selectMolecules(
          { ...set, atomColumns: { z: Float32Array.from(set.atomicNumbers) } },
          chosen,
        );
        expect(part.size).toBe(chosen.length);
        for (const [k, m] of chosen.entries()) {
          expect(moleculeAt(part, k)).toEqual(moleculeAt(set, m));
          expect(part.sourceIndex[k]).toBe(m);
        }
        expect(Array.from(part.atomColumns.z)).toEqual(Array.from(part.atomicNumbers));
      }),
    );
  });

  it('limits itself to its first molecules, or is itself where there are no more', () => {
    const set = moleculeSet([water, { ...water, id: 'again' }]);
    expect(moleculeId(limitMolecules(set, 1), 0)).toBe('water');
    expect(limitMolecules(set, 1).size).toBe(1);
    expect(limitMolecules(set, 5)).toBe(set);
    expect(limitMolecules(set, undefined)).toBe(set);
  });

  it('keeps names of any script', () => {
    const set = moleculeSet([{ ...water, id: 'Wasser, 水' }, water]);
    expect([moleculeId(set, 0), moleculeId(set, 1)]).toEqual(['Wasser, 水', 'water']);
  });

  it('refuses a molecule that is not there', () => {
    const set = moleculeSet([water]);
    expect(() => moleculeAt(set, 1)).toThrow(RangeError);
    expect(() => selectMolecules(set, [0, 7])).toThrow(RangeError);
  });

  it('names its targets where one is asked for that it has not', () => {
    expect(() => targetOf(moleculeSet([water]), 'gap')).toThrow(/no target "gap".*dipole/);
    expect(() => targetOf(moleculeSet([water]), 'constructor')).toThrow(/no target/);
  });

  it.each([
    ['no atoms', { ...water, atomicNumbers: [], positions: [], bonds: [] }, /it has no atoms\. Correct/],
    ['an element that is none', { ...water, atomicNumbers: [8, 1, 119] }, /atom 3 has the atomic number 119/],
    [
      'an atomic number that a byte would wrap',
      { ...water, atomicNumbers: [8, 1, 257] },
      /atom 3 has the atomic/,
    ],
    ['fewer positions than atoms', { ...water, positions: [[0, 0, 0]] }, /3 atoms but 1 positions/],
    [
      'a position that is NaN',
      {
        ...water,
        positions: [
          [0, 0, 0],
          [1, Number.NaN, 0],
          [2, 0, 0],
        ],
      },
      /position of atom 2/,
    ],
    [
      'a position too large for float32',
      {
        ...water,
        positions: [
          [0, 0, 0],
          [1e39, 0, 0],
          [2, 0, 0],
        ],
      },
      /position of atom 2/,
    ],
    ['a bond to nowhere', { ...water, bonds: [[0, 3, 1]] }, /0-3 names an atom that is not there/],
    ['a bond to itself', { ...water, bonds: [[1, 1, 1]] }, /joins atom 2 to itself/],
    ['a bond of order 5', { ...water, bonds: [[0, 1, 5]] }, /order 5/],
    [
      'a bond twice',
      {
        ...water,
        bonds: [
          [0, 1, 1],
          [1, 0, 2],
        ],
      },
      /a second time/,
    ],
    [
      'a target that is infinite',
      { ...water, targets: { dipole: Infinity } },
      /"dipole" is missing or not a finite/,
    ],
    ['no target', { ...water, targets: {} }, /"dipole" is missing/],
    ['a target of its own', { ...water, targets: { dipole: 1, gap: 2 } }, /has the target "gap"/],
    [
      'no positions, unlike the first',
      { id: 'flat', atomicNumbers: [1], targets: { dipole: 0 } },
      /has no positions/,
    ],
  ])('refuses a molecule with %s', (_what, molecule, message) => {
    expect(() => moleculeSet([water, molecule])).toThrow(message);
  });
});
