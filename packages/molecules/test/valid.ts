import { InputError } from '@litmatter/protocol';
import { expect } from 'vitest';
import type { MoleculeSet } from '../src/index.ts';

/** Whatever a reader returns must be this: offsets that ascend, known elements, finite numbers, bonds between atoms. */
export function expectValid(set: MoleculeSet): void {
  const atoms = set.atomicNumbers.length;
  expect(set.size).toBeGreaterThan(0);
  expect([set.atomOffsets.length, set.bondOffsets.length]).toEqual([set.size + 1, set.size + 1]);
  expect([set.atomOffsets[set.size], set.bondOffsets[set.size]]).toEqual([atoms, set.bondOrders.length]);
  expect(set.bonds).toHaveLength(2 * set.bondOrders.length);
  expect(set.atomicNumbers.every((z) => z >= 1 && z <= 118)).toBe(true);
  if (set.positions) {
    expect(set.positions).toHaveLength(3 * atoms);
    expect(set.positions.every(Number.isFinite)).toBe(true);
  }
  for (const { values } of Object.values(set.targets)) {
    expect(values).toHaveLength(set.size);
    expect(values.every(Number.isFinite)).toBe(true);
  }
  // One expectation for all molecules: the sets are large and these run in fuzz loops.
  const wrong: string[] = [];
  for (let m = 0; m < set.size; m++) {
    const count = set.atomOffsets[m + 1] - set.atomOffsets[m];
    if (!(count > 0)) wrong.push(`molecule ${m} has no atoms`);
    for (let b = set.bondOffsets[m]; b < set.bondOffsets[m + 1]; b++) {
      if (Math.max(set.bonds[2 * b], set.bonds[2 * b + 1]) >= count) wrong.push(`bond ${b} leads nowhere`);
      if (!(set.bondOrders[b] >= 1 && set.bondOrders[b] <= 4)) wrong.push(`bond ${b} has no order`);
    }
  }
  expect(wrong).toEqual([]);
}

/** A reader given anything at all returns a valid set or throws an InputError; it has no third way. */
export async function expectValidOrRefused(reading: Promise<MoleculeSet>): Promise<void> {
  let set: MoleculeSet;
  try {
    set = await reading;
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    expect((error as Error).message).toMatch(/\.$/);
    return;
  }
  expectValid(set);
}
