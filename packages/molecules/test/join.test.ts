import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinMolecules, moleculeAt, moleculeSet } from '../src/index.ts';
import { molecules } from './arbitrary.ts';

describe('sets joined', () => {
  it('have all molecules, one set after the other', () => {
    fc.assert(
      fc.property(fc.array(molecules, { minLength: 1, maxLength: 4 }), (lists) => {
        const sets = lists.map((list) => moleculeSet(list));
        const all = joinMolecules(sets, sets.map(String));
        const expected = sets.flatMap((set) =>
          Array.from({ length: set.size }, (_, m) => moleculeAt(set, m)),
        );
        expect(Array.from({ length: all.size }, (_, m) => moleculeAt(all, m))).toEqual(expected);
        expect(Array.from(all.sourceIndex)).toEqual(sets.flatMap((set) => [...set.sourceIndex]));
      }),
    );
  });

  it('keep the parts of those that have them, and atom columns that all have', () => {
    const set = moleculeSet([{ atomicNumbers: [6] }]);
    const typed = { ...set, atomColumns: { type: Float32Array.of(3), charge: Float32Array.of(1) } };
    const parted = { ...set, parts: Uint8Array.of(2), atomColumns: { type: Float32Array.of(4) } };
    const all = joinMolecules([typed, parted], ['a', 'b']);
    expect(Array.from(all.parts ?? [])).toEqual([0, 2]);
    expect(all.atomColumns).toEqual({ type: Float32Array.of(3, 4) });
  });

  it('must have the same targets, and all or none positions and types', () => {
    const set = moleculeSet([{ atomicNumbers: [6], targets: { a: 1 } }]);
    const other = moleculeSet([{ atomicNumbers: [6], targets: { b: 1 } }], { b: 'eV' });
    expect(() => joinMolecules([set, other], ['x.sdf', 'y.sdf'])).toThrow(
      'y.sdf and x.sdf cannot be one data set: the one has no positions, no atom types, the targets b [eV]; ' +
        'the other no positions, no atom types, the targets a. Make them alike, or import them under two names.',
    );
    const typed = { ...set, atomColumns: { type: Float32Array.of(0) } };
    expect(() => joinMolecules([set, typed], ['x', 'y'])).toThrow(/the one has no positions, atom types/);
  });
});
