import { describe, expect, it } from 'vitest';
import { checkElements, contentsOf, moleculeSet, suitMolecules, unsuited } from '../src/index.ts';

const bonds = [[0, 1, 1]];
const positions = [
  [0, 0, 0],
  [1, 0, 0],
];
const flat = moleculeSet([{ atomicNumbers: [6, 8], bonds }]);
const loose = moleculeSet([{ atomicNumbers: [6, 8], positions }]);
const whole = moleculeSet([{ atomicNumbers: [6, 1], positions, bonds }]);

describe('the elements of molecules', () => {
  const set = moleculeSet([
    { id: 'water', atomicNumbers: [8, 1, 1], positions: [0, 1, 2].map((x) => [x, 0, 0]) },
    { id: 'salt', atomicNumbers: [1, 17], positions: [0, 1].map((x) => [x, 0, 0]) },
  ]);

  it('that a model does not know are refused by molecule and atom', () => {
    expect(() => checkElements(set, [1, 6, 7, 8, 9], 'NNConv', [0, 1])).toThrow(
      /^NNConv knows the elements H, C, N, O, F; the molecule "salt" has Cl \(atom 2\)\. Choose another/,
    );
    const many = Array.from({ length: 16 }, (_, i) => i + 1);
    expect(() => checkElements(set, many, 'X', [1])).toThrow(/^X knows the elements up to S; /);
  });

  it('are those of the molecules in use alone', () => {
    expect(() => checkElements(set, [1, 8], 'X', [0])).not.toThrow();
  });
});

describe('a set suited to a model', () => {
  it('is the set itself where nothing is to be done', () => {
    for (const spec of [{ kind: 'radius', cutoff: 5 }, { kind: 'complete' }, { kind: 'bonds' }] as const) {
      expect(suitMolecules(whole, spec)).toBe(whole);
    }
    const typed = { ...flat, atomColumns: { type: Float32Array.of(0, 1) } };
    expect(suitMolecules(typed, { kind: 'bonds', atomTypes: 'zinc' })).toBe(typed);
  });

  it('has its hydrogens folded in where atom types are asked for and there are none', () => {
    const suited = suitMolecules(whole, { kind: 'bonds', atomTypes: 'zinc' });
    expect(suited.atomicNumbers).toHaveLength(1);
    expect(suited.atomColumns.type).toHaveLength(1);
  });

  it('is refused without positions where distances are needed', () => {
    expect(() => suitMolecules(flat, { kind: 'radius', cutoff: 5 })).toThrow(/no atom positions.*\.sdf/);
    expect(() => suitMolecules(flat, { kind: 'complete' })).toThrow(/no atom positions/);
    expect(suitMolecules(flat, { kind: 'bonds' })).toBe(flat);
  });

  it('is known to be refused from what it has, before it is loaded', () => {
    for (const [set, contents] of [
      [flat, { positions: false, bonds: true }],
      [loose, { positions: true, bonds: false }],
      [whole, { positions: true, bonds: true }],
    ] as const) {
      expect(contentsOf(set)).toEqual(contents);
      for (const spec of [{ kind: 'radius', cutoff: 5 }, { kind: 'complete' }, { kind: 'bonds' }] as const) {
        const lack = unsuited(contents, spec);
        if (lack === undefined) expect(suitMolecules(set, spec)).toBe(set);
        else expect(() => suitMolecules(set, spec)).toThrow(`These molecules ${lack.what}. ${lack.mend}`);
      }
    }
  });

  it('is refused without bonds where they are needed, but for lone atoms', () => {
    expect(() => suitMolecules(loose, { kind: 'complete' })).toThrow(/have no bonds/);
    expect(() => suitMolecules(loose, { kind: 'bonds' })).toThrow(/have no bonds/);
    const lone = moleculeSet([{ atomicNumbers: [8] }]);
    expect(suitMolecules(lone, { kind: 'bonds' })).toBe(lone);
  });
});
