import { describe, expect, it } from 'vitest';
import {
  atomicNumberOf,
  impliedCharge,
  impliedHydrogens,
  type TypedAtom,
  zincAtomType,
  zincAtomTypeName,
  zincAtomTypes,
  zincElement,
} from '../src/index.ts';

/** An atom that has a type: enough bonds to have its hydrogens and charge. */
function atomOf(type: string): TypedAtom {
  const [symbol, ...marks] = type.split(' ');
  const charge = marks.includes('+') ? 1 : marks.includes('-') ? -1 : 0;
  const hydrogens = Number(/H(\d)/.exec(type)?.[1] ?? 0);
  // Phosphorus that shows its hydrogens has five bonds; the carbon that does is a stereo centre.
  const whole = { C: 4, N: 3, O: 2, S: 2, P: charge === 0 && hydrogens > 0 ? 5 : 3 }[symbol] ?? 1;
  return { symbol, charge, hydrogens, bonds: whole + charge - hydrogens, stereo: type === 'C H1' };
}

describe('the vocabulary of atom types', () => {
  it('has 28 types, of known elements, each once', () => {
    expect(zincAtomTypes).toHaveLength(28);
    expect(new Set(zincAtomTypes).size).toBe(28);
    for (const id of zincAtomTypes.keys()) expect(atomicNumberOf(zincElement(id))).toBeGreaterThan(1);
  });

  it.each([...zincAtomTypes.entries()])('gives the id %i back for %s', (id, name) => {
    expect(zincAtomType(name)).toBe(id);
    expect(zincAtomTypeName(atomOf(name))).toBe(name);
  });

  it('has none for what ZINC has not', () => {
    for (const name of ['H', 'B', 'N H1', 'C -', '', 'constructor']) expect(zincAtomType(name)).toBe(-1);
  });

  it.each([
    ['methyl', { symbol: 'C', charge: 0, bonds: 1, hydrogens: 3, stereo: false }, 'C'],
    ['a stereo centre', { symbol: 'C', charge: 0, bonds: 3, hydrogens: 1, stereo: true }, 'C H1'],
    [
      'a stereo centre without hydrogen',
      { symbol: 'C', charge: 0, bonds: 4, hydrogens: 0, stereo: true },
      'C',
    ],
    ['pyrrole’s nitrogen', { symbol: 'N', charge: 0, bonds: 2, hydrogens: 1, stereo: false }, 'N'],
    ['ammonium', { symbol: 'N', charge: 1, bonds: 1, hydrogens: 3, stereo: false }, 'N H3 +'],
    ['a sulfone', { symbol: 'S', charge: 0, bonds: 6, hydrogens: 0, stereo: false }, 'S'],
    ['a phosphinic acid', { symbol: 'P', charge: 0, bonds: 4, hydrogens: 1, stereo: false }, 'P H1'],
    ['a phosphane', { symbol: 'P', charge: 0, bonds: 1, hydrogens: 2, stereo: false }, 'P'],
    ['a double charge', { symbol: 'S', charge: -2, bonds: 0, hydrogens: 0, stereo: false }, 'S --'],
  ] as const)('calls %s as a canonical SMILES would', (_what, atom, name) => {
    expect(zincAtomTypeName(atom)).toBe(name);
  });

  it('fills atoms up to their next usual valence', () => {
    expect(['C', 'N', 'O', 'F'].map((symbol) => impliedHydrogens(symbol, 1))).toEqual([3, 2, 1, 0]);
    expect([2, 3, 4, 5].map((bonds) => impliedHydrogens('S', bonds))).toEqual([0, 1, 0, 1]);
    expect(impliedHydrogens('C', 5)).toBe(0);
    expect(impliedHydrogens('Xe', 0)).toBe(0);
  });

  it('takes charges from numbers of bonds', () => {
    expect([2, 3, 4].map((bonds) => impliedCharge('N', bonds))).toEqual([-1, 0, 1]);
    expect([1, 2, 3].map((bonds) => impliedCharge('O', bonds))).toEqual([-1, 0, 1]);
    expect([3, 4].map((bonds) => impliedCharge('C', bonds))).toEqual([-1, 0]);
    expect([1, 2, 3, 4, 6].map((bonds) => impliedCharge('S', bonds))).toEqual([-1, 0, 1, 0, 0]);
    expect([3, 4, 5].map((bonds) => impliedCharge('P', bonds))).toEqual([0, 1, 0]);
    expect(impliedCharge('Xe', 2)).toBe(0);
  });
});
