import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { smilesAtoms } from '../../src/readers/smilesTokens.ts';

const symbols = (smiles: string) => {
  const atoms = smilesAtoms(smiles);
  return typeof atoms === 'string' ? atoms : atoms.map(({ symbol }) => symbol);
};

describe('the atoms a SMILES writes', () => {
  it('stand in its order, in brackets or not, aromatic or not', () => {
    expect(symbols('C[C@@H](Cl)c1cc[nH]c1Br')).toEqual(['C', 'C', 'Cl', 'C', 'C', 'C', 'N', 'C', 'Br']);
    expect(symbols('[Na+].[O-]C(=O)/C=C\\%12CC%12')).toEqual(['Na', 'O', 'C', 'O', 'C', 'C', 'C', 'C']);
  });

  it('tell a two-letter element from two atoms', () => {
    expect(symbols('ClC')).toEqual(['Cl', 'C']);
    expect(symbols('[Cn]')).toEqual(['Cn']);
    expect(symbols('Cn')).toEqual(['C', 'N']);
  });

  it('carry hydrogens and stereo marks of their brackets', () => {
    expect(smilesAtoms('[13C@@H3+]')).toEqual([
      { symbol: 'C', aromatic: false, brackets: true, hydrogens: 3, stereo: true },
    ]);
    expect(smilesAtoms('[nH]')).toEqual([
      { symbol: 'N', aromatic: true, brackets: true, hydrogens: 1, stereo: false },
    ]);
    expect(smilesAtoms('[H]')).toEqual([
      { symbol: 'H', aromatic: false, brackets: true, hydrogens: 0, stereo: false },
    ]);
    expect(smilesAtoms('[NH2:7]')).toMatchObject([{ symbol: 'N', hydrogens: 2 }]);
  });

  it.each([
    ['', 'has no atoms'],
    ['C(', /leaves a branch open/],
    ['C)C', /closes a branch at character 2/],
    ['CC=', /ends in the middle of a bond/],
    ['CC foo', /cannot be read from character 3 on \(" foo"\)/],
    ['CC |x|', /cannot be read/],
    ['C[', /cannot be read from character 2/],
    ['hello', /cannot be read from character 1/],
  ])('of %j are refused', (smiles, message) => {
    expect(smilesAtoms(smiles)).toMatch(message);
  });

  it('are found or refused in any text at all', () => {
    const pieces = fc.constantFrom(
      'C',
      'c',
      '[',
      ']',
      '(',
      ')',
      '1',
      '%',
      '=',
      'H',
      '@',
      '+',
      'Cl',
      'n',
      '.',
      ' ',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pieces).map((list) => list.join('')),
        ),
        (text) => {
          const atoms = smilesAtoms(text);
          if (typeof atoms !== 'string') expect(atoms.length).toBeGreaterThan(0);
          else expect(atoms).toMatch(/^(has|closes|leaves|ends|cannot)/);
        },
      ),
    );
  });
});
