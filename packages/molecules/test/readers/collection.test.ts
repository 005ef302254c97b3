import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { moleculeId, readCollection, type Source, sourceOf } from '../../src/index.ts';
import { fileSource } from '../../src/node/index.ts';
import { sharedData } from '../shared.ts';

const fixture = (name: string) =>
  sourceOf(`mini.${name}`, readFileSync(new URL(`../fixtures/qm9_mini.${name}`, import.meta.url), 'utf8'));
const smiles = (name: string, ...rows: string[]) => sourceOf(name, `smiles,y\n${rows.join('\n')}\n`);
const ids = async (...sources: Source[]) => {
  const { set } = await readCollection(sources);
  return Array.from({ length: set.size }, (_, m) => `${moleculeId(set, m)} ${set.parts?.[m] ?? '-'}`);
};
const xyz = (...frames: string[]) =>
  sourceOf('a.xyz', frames.map((comment) => `1\n${comment}\nHe 0 0 0\n`).join(''));

describe('files read together', () => {
  it('take targets from a table beside the molecules, matched by name', async () => {
    const table = readFileSync(new URL('../fixtures/qm9_mini.sdf.csv', import.meta.url), 'utf8');
    const [head, ...rows] = table.trim().split('\n');
    const shuffled = sourceOf('t.csv', [head, ...rows.reverse()].join('\n'));
    const { set } = await readCollection([shuffled, fixture('sdf')]);
    expect(set.size).toBe(21);
    expect(set.positions).toHaveLength(3 * set.atomicNumbers.length);
    // Methane, then ammonia: their own dipole moments, in spite of the order of the rows.
    expect(Array.from(set.targets.mu.values.slice(0, 2))).toEqual([0, Math.fround(1.6256)]);
  });

  it('take targets from a table in the same order where it has no names', async () => {
    const { set } = await readCollection([xyz('', ''), sourceOf('t.csv', 'e [eV]\n1\n2\n')]);
    expect(set.targets).toEqual({ e: { unit: 'eV', values: Float32Array.of(1, 2) } });
    await expect(readCollection([xyz('', ''), sourceOf('t.csv', 'e\n1\n')])).rejects.toThrow(
      /t\.csv has 1 rows and a\.xyz 2 molecules.*column "id"/,
    );
  });

  it('take targets from data items and comment keys of the first molecule', async () => {
    const record = `x\n\n\n  1  0  0  0  0  0  0  0  0  0999 V2000\n    0.0000    0.0000    0.0000 He  0\nM  END\n> <gap (eV)>\n2.5\n\n> <note>\nfine\n\n$$$$\n`;
    const { set } = await readCollection([sourceOf('a.sdf', record + record)]);
    expect(set.targets).toEqual({ gap: { unit: 'eV', values: Float32Array.of(2.5, 2.5) } });
    const frames = xyz('Properties=species:S:1:pos:R:3 energy=-1 name=a pbc="F F F"', 'energy=-2');
    expect((await readCollection([frames])).set.targets).toEqual({
      energy: { unit: '', values: Float32Array.of(-1, -2) },
    });
    await expect(readCollection([xyz('energy=-1', 'none')])).rejects.toThrow(/no energy=/);
  });

  it('are parts of one set where their names say so', async () => {
    const train = smiles('my_train.csv', 'C,1', 'CC,2');
    const test = smiles('my_test.csv', 'O,3');
    expect(await ids(test, train)).toEqual(['O 3', 'C 1', 'CC 1']);
    expect(await ids(smiles('a.csv', 'C,1'), smiles('b.csv', 'O,2'))).toEqual(['C -', 'O -']);
    expect(await ids(test)).toEqual(['O -']);
  });

  it('give each part its table', async () => {
    const table = (name: string, value: number) => sourceOf(name, `e\n${value}\n`);
    const named = (name: string, symbol: string) => sourceOf(name, `1\n\n${symbol} 0 0 0\n`);
    const { set } = await readCollection([
      table('test.csv', 7),
      named('train.xyz', 'He'),
      named('test.xyz', 'Ne'),
      table('train.csv', 5),
    ]);
    expect([Array.from(set.atomicNumbers), Array.from(set.targets.e.values)]).toEqual([
      [2, 10],
      [5, 7],
    ]);
    await expect(
      readCollection([named('train.xyz', 'He'), named('test.xyz', 'Ne'), table('all.csv', 1)]),
    ).rejects.toThrow(/which molecules all\.csv belongs to/);
  });

  it('keep of a part what its index file names, within the part', async () => {
    const train = smiles('train.csv', 'C,1', 'CC,2', 'CCC,3');
    const test = smiles('test.csv', 'O,4', 'N,5');
    expect(await ids(train, test, sourceOf('train.index', '2,0'))).toEqual(['CCC 1', 'C 1', 'O 3', 'N 3']);
    expect(await ids(train, test, sourceOf('test.index', '1'))).toEqual(['C 1', 'CC 1', 'CCC 1', 'N 3']);
    await expect(ids(train, test, sourceOf('test.index', '2'))).rejects.toThrow(
      'test.index names the place 2, and there are 2 molecules in the test part. Give the files that the index was made for.',
    );
  });

  it('are parted by index files alone where nothing else parts them', async () => {
    const all = smiles('all.csv', 'C,1', 'CC,2', 'CCC,3');
    expect(await ids(all, sourceOf('val.index', '2'), sourceOf('train.index', '1'))).toEqual([
      'CC 1',
      'CCC 2',
    ]);
    await expect(ids(all, sourceOf('val.index', '1'), sourceOf('train.index', '1'))).rejects.toThrow(
      /a molecule into two parts/,
    );
    await expect(ids(all, sourceOf('some.index', '1'))).rejects.toThrow(/must say its part/);
    await expect(ids(all, sourceOf('a_val.index', '1'), sourceOf('b_val.index', '2'))).rejects.toThrow(
      /both index files of the validation part/,
    );
  });

  it('are refused where one is of no known kind, or none holds molecules', async () => {
    await expect(ids(sourceOf('a.pdf', 'x'))).rejects.toThrow(/a\.pdf is of no kind that can be read/);
    await expect(ids(sourceOf('a.csv', 'x\n1\n'))).rejects.toThrow(/None of these files holds molecules/);
  });

  it('are refused where a table has no row for a molecule, two rows for one, or a target again', async () => {
    const one = xyz('name=a energy=1');
    const table = (text: string) => readCollection([one, sourceOf('t.csv', text)]);
    await expect(table('id,e\nb,1\n')).rejects.toThrow(/no row for molecule 1 of a\.xyz, "a"/);
    await expect(table('id,e\na,1\na,2\n')).rejects.toThrow(/line 3: "a" stands there a second time/);
    await expect(table('id,energy\na,1\n')).rejects.toThrow(/both have "energy"/);
  });

  it.skipIf(!sharedData)(
    'give ZINC-12k’s validation set, molecule by molecule, from its index file',
    async () => {
      const file = (name: string) => fileSource(join(sharedData ?? '', 'zinc', name));
      const { set } = await readCollection([
        file('zinc_250k_subset_29445.csv.gz'),
        file('bgnn_zinc12k_val.index'),
        file('bgnn_zinc12k_test.index'),
      ]);
      const { set: official } = await readCollection([file('zinc12k_val_1000.csv')]);
      expect([set.size, official.size]).toEqual([2000, 1000]);
      const target = 'penalized_logP_normalized';
      for (let m = 0; m < official.size; m++) {
        expect(moleculeId(set, m)).toBe(moleculeId(official, m));
        expect(Math.abs(set.targets[target].values[m] - official.targets[target].values[m])).toBeLessThan(
          1e-5,
        );
      }
    },
  );
});
