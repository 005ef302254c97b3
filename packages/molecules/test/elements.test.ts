import { describe, expect, it } from 'vitest';
import { atomicNumberOf, elementSymbols, maxAtomicNumber } from '../src/index.ts';

describe('elements', () => {
  it('are 118, and every symbol leads back to its number', () => {
    expect(maxAtomicNumber).toBe(118);
    for (let z = 1; z <= 118; z++) expect(atomicNumberOf(elementSymbols[z])).toBe(z);
  });

  it('are known in any case, and isotopes of hydrogen as hydrogen', () => {
    expect(['CL', 'cl', 'Br', 'h', 'D'].map(atomicNumberOf)).toEqual([17, 17, 35, 1, 1]);
  });

  it('are not made up', () => {
    expect(['', 'X', 'Qq', '6', 'R#', '*', 'toString'].map(atomicNumberOf)).toEqual([0, 0, 0, 0, 0, 0, 0]);
  });
});
