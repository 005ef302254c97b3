import { describe, expect, it } from 'vitest';
import { type Conformer, loadConformerMaker } from '../src/conformers.ts';

const made = (conformer: Conformer) => {
  if (typeof conformer === 'string') throw new Error(conformer);
  return conformer;
};

describe('conformers of SMILES', () => {
  it('have their hydrogens, bond lengths of chemistry, and are always the same', async () => {
    const make = await loadConformerMaker();
    const { atomicNumbers, positions, bonds } = made(make('CC#N'));
    expect(atomicNumbers.toSorted((a, b) => a - b)).toEqual([1, 1, 1, 6, 6, 7]);
    for (const [a, b, order] of bonds as [number, number, number][]) {
      const length = Math.hypot(...positions[a]!.map((x, axis) => x - positions[b]![axis]!));
      const hydrogen = atomicNumbers[a] === 1 || atomicNumbers[b] === 1;
      // As microwaves have it: C-H 1.10, C-C 1.46, C-N 1.16 angstrom.
      expect(Math.abs(length - (hydrogen ? 1.1 : order === 3 ? 1.16 : 1.46))).toBeLessThan(0.03);
    }
    expect(make('CC#N')).toEqual(make('CC#N'));
  });

  it('keep rings flat that are aromatic', async () => {
    const make = await loadConformerMaker();
    const { atomicNumbers, positions } = made(make('c1ccccc1'));
    expect(atomicNumbers).toHaveLength(12);
    // The volume that three of its carbons span with a fourth is none.
    const [a, b, c, d] = positions.map(([x = 0, y = 0, z = 0]) => [x, y, z] as const);
    const less = (u: readonly number[], v: readonly number[]) => u.map((x, axis) => x - v[axis]!);
    const [p, q, r] = [less(b!, a!), less(c!, a!), less(d!, a!)];
    const volume =
      p[0]! * (q[1]! * r[2]! - q[2]! * r[1]!) -
      p[1]! * (q[0]! * r[2]! - q[2]! * r[0]!) +
      p[2]! * (q[0]! * r[1]! - q[1]! * r[0]!);
    expect(Math.abs(volume)).toBeLessThan(0.05);
  });

  it('that cannot be made are told in words, never thrown', async () => {
    const make = await loadConformerMaker();
    for (const smiles of ['', 'C1CC', 'not a molecule', 'C(']) {
      const conformer = make(smiles);
      if (typeof conformer === 'string') expect(conformer).toMatch(/^(has|makes) /);
      else expect(conformer.atomicNumbers).toHaveLength(conformer.positions.length);
    }
  });
});
