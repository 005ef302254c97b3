import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commentKeys, elementSymbols, moleculeAt, moleculeId, readXyz, sourceOf } from '../../src/index.ts';
import { molecules } from '../arbitrary.ts';
import { damage } from '../mutate.ts';
import { expectValidOrRefused } from '../valid.ts';

const read = (text: string) => readXyz(sourceOf('set.xyz', text));

const water = `3
Properties=species:S:1:pos:R:3:charge:R:1 name="water, relaxed" dipole=1.85 pbc="F F F"
O 0.0 0.0 0.0 -0.6
H 0.96 0.0 0.0 0.3
H -0.24 0.93 0.0 0.3
`;

describe('the XYZ reader', () => {
  it('reads plain frames one after the other, with comments of any kind', async () => {
    const set = await read('1\nenergy is -0.5, say "so\nH 0 0 0\n\n2\n\nC 0 0 0\nO 0 0 1.13 extra\n');
    expect([set.size, moleculeId(set, 0), moleculeId(set, 1)]).toEqual([2, '1', '2']);
    expect(moleculeAt(set, 1).positions).toEqual([
      [0, 0, 0],
      [0, 0, Math.fround(1.13)],
    ]);
    expect(set.bondOrders).toHaveLength(0);
  });

  it('reads extended frames by their Properties, in any order of columns', async () => {
    const options = { targets: [{ name: 'dipole', unit: 'D' }] };
    const set = await readXyz(sourceOf('set.extxyz', water), options);
    expect(moleculeAt(set, 0)).toMatchObject({ id: 'water, relaxed', atomicNumbers: [8, 1, 1] });
    expect(set.targets.dipole).toEqual({ unit: 'D', values: Float32Array.of(1.85) });
    const turned = await read('1\nProperties=forces:R:3:pos:R:3:Z:I:1\n9 9 9 1 2 3 17\n');
    expect(moleculeAt(turned, 0)).toMatchObject({ atomicNumbers: [17], positions: [[1, 2, 3]] });
  });

  it('gives back any molecules that were written as XYZ', async () => {
    await fc.assert(
      fc.asyncProperty(molecules, async (list) => {
        const frames = list.map(({ atomicNumbers, positions = [] }) => {
          const atoms = atomicNumbers.map((z, i) => `${elementSymbols[z]} ${positions[i].join('\t')}`);
          return `${atoms.length}\n\n${atoms.join('\n')}\n`;
        });
        const set = await read(frames.join(''));
        for (const [m, molecule] of list.entries()) {
          const back = moleculeAt(set, m);
          expect(back.atomicNumbers).toEqual(molecule.atomicNumbers);
          expect(back.positions).toEqual(molecule.positions?.map((row) => row.map(Math.fround)));
        }
      }),
    );
  });

  it.each([
    ['a count that is a word', 'three\n', /line 1 \(frame 1\): a frame must start with its number of atoms/],
    ['a frame of no atoms', '0\n\n', /line 1 .*number of atoms/],
    ['an atom line too short', '1\n\nH 0 0\n', /line 3 .*must have 4 columns/],
    ['an element that is none', '1\n\nQq 0 0 0\n', /line 3 .*"Qq" is no element/],
    ['an atomic number that is none', '1\n\n300 0 0 0\n', /line 3 .*"300" is no element/],
    ['a coordinate that is a word', '1\n\nH 0 zero 0\n', /line 3 .*must be three numbers/],
    ['a coordinate too large', '1\n\nH 0 1e39 0\n', /position of atom 1 is not a finite number/],
    ['Properties without positions', '1\nProperties=species:S:1\nH\n', /line 2 .*must name species/],
    ['Properties that are no triples', '1\nProperties=species:S\nH\n', /line 2 .*must name species/],
    ['a periodic frame', water.replace('"F F F"', '"T T F"'), /line 2 .*periodic.*pbc="F F F"/],
    ['a lattice', '1\nProperties=species:S:1:pos:R:3 Lattice="9 0 0 0 9 0 0 0 9"\nH 0 0 0\n', /periodic/],
  ])('refuses %s with file, line, frame and mend', async (_what, text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });

  it('refuses a frame without the target that was asked for', async () => {
    const options = { targets: [{ name: 'gap', unit: 'eV' }] };
    await expect(readXyz(sourceOf('a.xyz', water), options)).rejects.toThrow(/line 2 .*has no gap=/);
    const word = water.replace('dipole=1.85', 'gap=wide');
    await expect(readXyz(sourceOf('a.xyz', word), options)).rejects.toThrow(/gap is "wide", not a number/);
  });

  it('says so where the file was cut short, and where it is empty', async () => {
    for (const cut of [water.slice(0, 2), water.slice(0, 60), water.slice(0, water.lastIndexOf('H'))]) {
      await expect(read(cut)).rejects.toThrow(/in the middle of this frame.*cut short/);
    }
    await expect(read('\n\n')).rejects.toThrow('set.xyz holds no molecules');
  });

  it('returns a valid set or refuses, whatever is done to a file', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 3 }), async (damages) => {
        await expectValidOrRefused(read(damages.reduce((text, apply) => apply(text), water + water)));
      }),
      { numRuns: 300 },
    );
  });
});

describe('the keys of a comment', () => {
  it('may be bare, quoted either way, or in braces', () => {
    expect(Object.fromEntries(commentKeys(`a=1 b="two words" c='x y' d={1 2} flag e = 5`))).toEqual({
      a: '1',
      b: 'two words',
      c: 'x y',
      d: '1 2',
      flag: 'T',
      e: '5',
    });
  });
});
