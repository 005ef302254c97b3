import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { elementSymbols, type Molecule, moleculeAt, moleculeId, readSdf, sourceOf } from '../../src/index.ts';
import { molecules } from '../arbitrary.ts';
import { damage } from '../mutate.ts';
import { expectValidOrRefused } from '../valid.ts';

const fixture = readFileSync(new URL('../fixtures/qm9_mini.sdf', import.meta.url), 'utf8');

/** A molecule as a V2000 record. */
function record(molecule: Molecule, title: string): string {
  const three = (n: number) => String(n).padStart(3);
  const ten = (x: number) => x.toFixed(4).padStart(10);
  const atoms = molecule.atomicNumbers.map((z, i) => {
    const place = (molecule.positions?.[i] ?? []).map(ten).join('');
    return `${place} ${elementSymbols[z].padEnd(3)} 0  0  0  0  0  0  0  0  0  0  0  0`;
  });
  const bonds = (molecule.bonds ?? []).map(
    ([a, b, order]) => `${three(a + 1)}${three(b + 1)}${three(order)}  0`,
  );
  const counts = `${three(atoms.length)}${three(bonds.length)}  0  0  0  0  0  0  0  0999 V2000`;
  return [title, '  test', '', counts, ...atoms, ...bonds, 'M  END', '$$$$', ''].join('\n');
}

const methane = fixture.slice(0, fixture.indexOf('$$$$') + 5);
const read = (text: string) => readSdf(sourceOf('set.sdf', text));

/** The fixture's first record with one of its lines (from 1) replaced. */
function withLine(line: number, text: string): string {
  const lines = methane.split('\n');
  lines[line - 1] = text;
  return lines.join('\n');
}

describe('the SDF reader', () => {
  it('reads the 21 molecules of the QM9 fixture', async () => {
    const set = await read(fixture);
    expect(set.size).toBe(21);
    expect(moleculeAt(set, 0)).toEqual({
      id: 'gdb_1',
      atomicNumbers: [6, 1, 1, 1, 1],
      positions: [
        [-0.0127, 1.0858, 0.008],
        [0.0022, -0.006, 0.002],
        [1.0117, 1.4638, 0.0003],
        [-0.5408, 1.4475, -0.8766],
        [-0.5238, 1.4379, 0.9064],
      ].map((row) => row.map(Math.fround)),
      bonds: [
        [0, 1, 1],
        [0, 2, 1],
        [0, 3, 1],
        [0, 4, 1],
      ],
      targets: {},
    });
  });

  it('reads the same from gzip, from Windows line ends, and from bytes in pieces', async () => {
    const expected = await read(fixture);
    expect(await readSdf(sourceOf('a.sdf.gz', new Uint8Array(gzipSync(fixture))))).toEqual(expected);
    expect(await read(fixture.replaceAll('\n', '\r\n'))).toEqual(expected);
    async function* bytes() {
      const all = new TextEncoder().encode(fixture);
      for (let at = 0; at < all.length; at += 7) yield all.subarray(at, at + 7);
    }
    expect(await readSdf({ name: 'a.sdf', bytes: bytes() })).toEqual(expected);
  });

  it('gives back any molecules that were written as V2000', async () => {
    await fc.assert(
      fc.asyncProperty(molecules, async (list) => {
        const set = await read(list.map((molecule, m) => record(molecule, `m ${m}`)).join(''));
        for (const [m, molecule] of list.entries()) {
          const back = moleculeAt(set, m);
          expect(back.id).toBe(`m ${m}`);
          expect(back.atomicNumbers).toEqual(molecule.atomicNumbers);
          expect(back.bonds).toEqual(molecule.bonds);
          const rounded = molecule.positions?.map((row) => row.map((x) => Math.fround(Number(x.toFixed(4)))));
          expect(back.positions).toEqual(rounded);
        }
      }),
    );
  });

  it('takes a single .mol without "$$$$", and blank lines at the end', async () => {
    expect((await read(methane.replace('$$$$\n', ''))).size).toBe(1);
    for (const blank of ['\n', '\n\n\n', '\n\n\n\n\n\n']) expect((await read(methane + blank)).size).toBe(1);
  });

  it('keeps a molecule whose title is blank', async () => {
    const set = await read(methane + withLine(1, ''));
    expect([set.size, moleculeId(set, 1)]).toEqual([2, '']);
  });

  it('reads data items as targets, in their unit', async () => {
    const text = methane.replace('$$$$', () => '> 25 <mu> (1)\n 1.85 \n\n> <note>\nfirst\nsecond\n\n$$$$');
    const set = await readSdf(sourceOf('set.sdf', text), { targets: [{ name: 'mu', unit: 'D' }] });
    expect(set.targets.mu).toEqual({ unit: 'D', values: Float32Array.of(1.85) });
    await expect(
      readSdf(sourceOf('set.sdf', text + methane), { targets: [{ name: 'mu', unit: 'D' }] }),
    ).rejects.toThrow('set.sdf, line 37 (record 2, "gdb_1") has no data item "> <mu>"');
    await expect(
      readSdf(sourceOf('set.sdf', text), { targets: [{ name: 'note', unit: '' }] }),
    ).rejects.toThrow('the data item "note" is "first", not a number');
  });

  it.each([
    ['a counts line of words', 4, 'five atoms', /line 4 .*counts line must start with two numbers/],
    ['a molecule of no atoms', 4, '  0  0  0     0  0  0  0  0  0999 V2000', /line 4 .*no atoms/],
    ['V3000', 4, '  0  0  0     0  0            999 V3000', /line 4 .*V3000.*as V2000/],
    ['a coordinate that is a word', 5, '   -0.0127    abcdef    0.0080 C   0', /line 5 .*three coordinates/],
    ['an element that is none', 6, '    0.0022   -0.0060    0.0020 Qq  0', /line 6 .*"Qq".*no element/],
    ['a bond to an atom that is not there', 10, '  1  9  1  0', /bond 1 names an atom that is not there/],
    ['a bond to atom 0', 10, '  1  0  1  0', /line 10 .*bond line must start/],
    ['a query bond', 10, '  1  2  8  0', /line 10 .*bond type 1 to 4/],
    ['a missing atom line', 5, '', /line 5 .*three coordinates/],
    ['one bond too many', 4, '  5  5  0     0  0  0  0  0  0999 V2000', /line 14 .*bond line must start/],
    ['no M  END', 14, '', /line 15 .*ends without "M {2}END"/],
  ])('refuses %s with file, line, record and mend', async (_what, line, text, message) => {
    const reading = read(withLine(line, text));
    await expect(reading).rejects.toThrow(message);
    await expect(reading).rejects.toThrow(/^set\.sdf, line \d+ \(record 1, "gdb_1"\): .*\.$/);
  });

  it('refuses a record whose "$$$$" was lost rather than swallow the next one', async () => {
    const text = withLine(15, '$$') + methane;
    await expect(read(text)).rejects.toThrow(/line 19 \(record 1, "gdb_1"\): another molecule starts here/);
  });

  it('says so where the file was cut short, and where it is empty', async () => {
    await expect(read(fixture.slice(0, 1000))).rejects.toThrow(
      /in the middle of this record.*cut short: get it again/,
    );
    await expect(read('')).rejects.toThrow('set.sdf holds no molecules');
    await expect(read('\n\n')).rejects.toThrow('holds no molecules');
  });

  it('returns a valid set or refuses, whatever is done to a file', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 3 }), async (damages) => {
        await expectValidOrRefused(read(damages.reduce((text, apply) => apply(text), fixture)));
      }),
      { numRuns: 400 },
    );
  });

  it('returns a valid set or refuses, whatever it is given', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
        await expectValidOrRefused(readSdf(sourceOf('junk', bytes)));
      }),
    );
  });
});
