import { join } from 'node:path';
import { InputError } from '@litmatter/protocol';
import { describe, expect, it } from 'vitest';
import {
  bundled,
  foldHydrogens,
  loadDataset,
  type Molecule,
  moleculeAt,
  moleculeSet,
  readQm9,
  zincAtomTypes,
} from '../src/index.ts';
import { dataFolderDatasets, fileSource } from '../src/node/index.ts';
import { sharedData } from './shared.ts';

/** A molecule from symbols' numbers and single bonds "0-1"; "0=1" and "0#1" for others. */
function molecule(id: string, atomicNumbers: number[], bonds: string, positions?: number[][]): Molecule {
  return {
    id,
    atomicNumbers,
    ...(positions && { positions }),
    bonds: bonds.split(' ').flatMap((bond) => {
      const [, a, kind, b] = /^(\d+)([-=#:])(\d+)$/.exec(bond) ?? [];
      return a === undefined ? [] : [[Number(a), Number(b), '-=#:'.indexOf(kind) + 1]];
    }),
  };
}

const typesOf = (list: Molecule[]) =>
  Array.from(foldHydrogens(moleculeSet(list)).atomColumns.type, (type) => zincAtomTypes[type]);

describe('folding hydrogens', () => {
  it('keeps the other atoms in order, their bonds, places, targets and names', () => {
    const set = moleculeSet([
      {
        ...molecule('hcn', [1, 6, 7], '0-1 1#2', [[0, 0, 0], [1, 0, 0], [2, 0, 0]]), // biome-ignore format: a row each
        targets: { t: 5 },
      },
      { ...molecule('water', [1, 8, 1], '0-1 1-2', [[0, 0, 0], [3, 0, 0], [4, 0, 0]]), targets: { t: 6 } }, // biome-ignore format: a row each
    ]);
    const folded = foldHydrogens({ ...set, parts: Uint8Array.of(1, 2) });
    expect(moleculeAt(folded, 0)).toEqual({
      id: 'hcn',
      atomicNumbers: [6, 7],
      positions: [
        [1, 0, 0],
        [2, 0, 0],
      ],
      bonds: [[0, 1, 3]],
      targets: { t: 5 },
    });
    expect(moleculeAt(folded, 1)).toMatchObject({ atomicNumbers: [8], positions: [[3, 0, 0]], bonds: [] });
    expect(Array.from(folded.parts ?? [])).toEqual([1, 2]);
    expect(Array.from(folded.sourceIndex)).toEqual([0, 1]);
  });

  it('gives neutral atoms their element, and charged ones their charge and hydrogens', () => {
    const glycine = molecule(
      'zwitterion',
      [7, 1, 1, 1, 6, 1, 1, 6, 8, 8],
      '0-1 0-2 0-3 0-4 4-5 4-6 4-7 7=8 7-9',
    );
    expect(typesOf([glycine])).toEqual(['N H3 +', 'C', 'C', 'O', 'O -']);
    expect(typesOf([molecule('methane', [6, 1, 1, 1, 1], '0-1 0-2 0-3 0-4')])).toEqual(['C']);
  });

  it.each([
    [
      'a type there is none of',
      molecule('odd', [5, 1, 1, 1], '0-1 0-2 0-3'),
      /"odd" has an atom of the type "B H3" \(atom 1\)/,
    ],
    ['aromatic bonds', molecule('ring', [6, 6], '0:1'), /"ring" has aromatic bonds/],
    [
      'nothing but hydrogens',
      molecule('h2', [1, 1], '0-1'),
      /"h2" has a hydrogen \(atom 1\) that is on no heavy atom/,
    ],
    ['a free hydrogen', molecule('h', [6, 1], ''), /"h" has/],
  ])('refuses %s by the molecule’s name', (_what, bad, message) => {
    expect(() => typesOf([bad])).toThrow(message);
    expect(() => typesOf([bad, bad])).toThrow(/So it is with 2 of 2 molecules/);
    expect(() => typesOf([bad])).toThrow(InputError);
  });

  it('gives every atom of the bundled molecules a type', async () => {
    const folded = foldHydrogens(await loadDataset(bundled, dataFolderDatasets('none')));
    expect([...new Set(folded.atomColumns.type)].sort()).toEqual([0, 1, 2, 3]);
  });

  it.skipIf(!sharedData)('gives every atom of QM9’s molecules a type, zwitterions included', async () => {
    const file = (name: string) => fileSource(join(sharedData ?? '', 'qm9', name));
    const set = await readQm9({
      sdf: file('qm9_subset.sdf.gz'),
      csv: file('qm9_subset.sdf.csv.gz'),
      uncharacterised: file('uncharacterized.txt'),
    });
    const folded = foldHydrogens(set);
    const met = new Set(Array.from(folded.atomColumns.type, (type) => zincAtomTypes[type]));
    expect(folded.size).toBe(set.size);
    expect(met).toContain('N H3 +');
  });
});
