import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  elementSymbols,
  moleculeAt,
  moleculeId,
  qm9Targets,
  readQm9,
  readUncharacterised,
  sourceOf,
} from '../../src/index.ts';
import { fileSource } from '../../src/node/index.ts';
import { damage } from '../mutate.ts';
import { sharedData } from '../shared.ts';
import { expectValidOrRefused } from '../valid.ts';

const fixture = (name: string) => readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8');
const sdf = fixture('qm9_mini.sdf');
const csv = fixture('qm9_mini.sdf.csv');

/** uncharacterized.txt as it is laid out, leaving out the given molecules. */
function leavingOut(...numbers: number[]): string {
  const ruler = '='.repeat(80);
  const rows = numbers.map(
    (n) => `${String(n).padStart(8)}     NC(=N)C#N     NC(=N)C#N    [NH]C(=[NH2])C#N   6.03`,
  );
  return ['', 'List of molecules', 'a', 'b', 'c', '', ruler, '#   Index', ruler, ...rows, ruler, ''].join(
    '\n',
  );
}

const read = (change: { sdf?: string; csv?: string; text?: string } = {}) =>
  readQm9({
    sdf: sourceOf('gdb9.sdf', change.sdf ?? sdf),
    csv: sourceOf('gdb9.sdf.csv', change.csv ?? csv),
    uncharacterised: sourceOf('uncharacterized.txt', change.text ?? leavingOut()),
  });

describe('the QM9 reader', () => {
  it('reads the 21 molecules with 19 targets each, A, B and C last', async () => {
    const set = await read();
    expect(set.size).toBe(21);
    expect(Object.keys(set.targets)).toEqual(
      'mu alpha homo lumo gap r2 zpve U0 U H G Cv U0_atom U_atom H_atom G_atom A B C'.split(' '),
    );
    expect(Array.from(set.sourceIndex)).toEqual([...Array(21).keys()]);
  });

  it('converts as PyTorch Geometric does: float32 value times float32 factor', async () => {
    const set = await read();
    const f = Math.fround;
    // Water, gdb_3, as its row stands in the file.
    const row = csv.split('\n')[3].split(',');
    const inFile = Object.fromEntries(
      csv
        .split('\n')[0]
        .split(',')
        .map((name, k) => [name, Number(row[k])]),
    );
    const value = (name: string) => set.targets[name].values[2];
    expect(moleculeId(set, 2)).toBe('gdb_3');
    expect(value('mu')).toBe(f(inFile.mu));
    expect(value('r2')).toBe(f(inFile.r2));
    expect(value('Cv')).toBe(f(inFile.cv));
    expect(value('A')).toBe(f(inFile.A));
    for (const [name, column] of Object.entries({ homo: 'homo', zpve: 'zpve', U0: 'u0', G: 'g298' })) {
      expect(value(name)).toBe(f(f(inFile[column]) * f(27.211386246)));
    }
    for (const [name, column] of Object.entries({ U0_atom: 'u0_atom', H_atom: 'h298_atom' })) {
      expect(value(name)).toBe(f(f(inFile[column]) * f(0.04336414)));
    }
    // And in numbers anyone can look up: 1.8511 D, -76.404702 hartree.
    expect(value('mu')).toBeCloseTo(1.8511, 4);
    expect(value('U0')).toBeCloseTo(-76.404702 * 27.211386246, 2);
  });

  it('leaves out the uncharacterised molecules and keeps the others’ places', async () => {
    const all = await read();
    const set = await read({ text: leavingOut(1, 4, 21, 133885) });
    expect(set.size).toBe(18);
    expect(Array.from(set.sourceIndex.slice(0, 3))).toEqual([1, 2, 4]);
    expect(moleculeAt(set, 2)).toEqual(moleculeAt(all, 4));
  });

  it.each([
    [
      'an SDF that ends early',
      { sdf: sdf.slice(0, sdf.indexOf('gdb_9\n')) },
      /gdb9\.sdf ends after 8 molecules where gdb9\.sdf\.csv has 21/,
    ],
    [
      'a CSV that ends early',
      { csv: csv.slice(0, csv.indexOf('gdb_9,')) },
      /record 9: gdb9\.sdf\.csv ends after 8 molecules/,
    ],
    [
      'a CSV cut within a row',
      { csv: csv.slice(0, csv.indexOf('gdb_9,') + 30) },
      /gdb9\.sdf\.csv, line 10 has \d+ fields where the header has 20/,
    ],
    [
      'files that do not belong together',
      { csv: csv.replace('gdb_2,', 'gdb_7,') },
      /record 2 is "gdb_2" where gdb9\.sdf\.csv has "gdb_7"/,
    ],
    [
      'a value that is a word',
      { csv: csv.replace('1.8511', 'large') },
      /line 4 \("gdb_3"\): mu is "large", not a number/,
    ],
    ['an empty value', { csv: csv.replace(',1.8511,', ',,') }, /line 4 \("gdb_3"\): mu is "", not a number/],
    [
      'a value beyond float32',
      { csv: csv.replace('1.8511', '1e39') },
      /the target "mu" is missing or not a finite number/,
    ],
    ['other columns', { csv: csv.replace('gap', 'band') }, /column 9 is "band"/],
    ['a column more', { csv: csv.replace('g298_atom', 'g298_atom,extra') }, /column 21 is "extra"/],
    [
      'names that are not gdb_k',
      { sdf: sdf.replace('gdb_2\n', 'methane\n'), csv: csv.replace('gdb_2,', 'methane,') },
      /record 2: the molecule's name must be "gdb_"/,
    ],
    [
      'a list that was cut short',
      { text: leavingOut(1, 2).slice(0, -30) },
      /uncharacterized\.txt: .*cut short or is another file/,
    ],
    [
      'a list of words',
      { text: leavingOut(1).replace('       1 ', '   first ') },
      /uncharacterized\.txt, line 10: .*must start with a molecule's number/,
    ],
    ['nothing', { sdf: '', csv: csv.split('\n')[0] }, /gdb9\.sdf holds no molecules/],
  ])('refuses %s in a sentence with the mend', async (_what, change, message) => {
    const reading = read(change);
    await expect(reading).rejects.toThrow(message);
    await expect(reading).rejects.toThrow(/(get|Get|Correct|Give|Choose) .*\.$/);
  });

  it('returns a valid set or refuses, whatever is done to one of its files', async () => {
    const which = fc.constantFrom('sdf', 'csv', 'text');
    const files = { sdf, csv, text: leavingOut(3, 5) };
    await fc.assert(
      fc.asyncProperty(which, damage, async (file, apply) => {
        await expectValidOrRefused(read({ ...files, [file]: apply(files[file as keyof typeof files]) }));
      }),
      { numRuns: 400 },
    );
  });
});

describe.skipIf(!sharedData)('real QM9 files beside the checkout', () => {
  const path = (name: string) => join(sharedData ?? '', 'qm9', name);

  it('name 3,054 uncharacterised molecules', () => {
    const text = readFileSync(path('uncharacterized.txt'), 'utf8');
    const numbers = readUncharacterised('uncharacterized.txt', text);
    expect(numbers.size).toBe(3054);
    expect([...numbers].slice(0, 3)).toEqual([58, 61, 80]);
    expect([...numbers].at(-1)).toBe(133866);
  });

  it('give 22,207 molecules whose internal energies agree with their atomisation energies', async () => {
    const set = await readQm9({
      sdf: fileSource(path('qm9_subset.sdf.gz')),
      csv: fileSource(path('qm9_subset.sdf.csv.gz')),
      uncharacterised: fileSource(path('uncharacterized.txt')),
    });
    expect(set.size).toBe(22_207);
    // Energies of the free atoms in eV (MoleculeNet's atomref.txt): U0 less these is U0_atom.
    const free = new Map(
      [-13.61312172, -1029.86312267, -1485.30251237, -2042.61123593, -2713.48485589].map((energy, k) => [
        ['H', 'C', 'N', 'O', 'F'][k],
        energy,
      ]),
    );
    let worst = 0;
    for (let m = 0; m < set.size; m++) {
      let atoms = 0;
      for (let a = set.atomOffsets[m]; a < set.atomOffsets[m + 1]; a++) {
        atoms += free.get(elementSymbols[set.atomicNumbers[a]]) ?? Number.NaN;
      }
      worst = Math.max(worst, Math.abs(set.targets.U0.values[m] - atoms - set.targets.U0_atom.values[m]));
    }
    expect(worst).toBeLessThan(0.01);
  });
});

it('the 19 targets have units', () => {
  expect(qm9Targets.map(({ unit }) => unit).join(' ')).toBe(
    'D a0^3 eV eV eV a0^2 eV eV eV eV eV cal/(mol K) eV eV eV eV GHz GHz GHz',
  );
});
