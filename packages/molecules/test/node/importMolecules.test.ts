import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { datasetCard as cardSchema } from '@litmatter/protocol';
import { describe, expect, it } from 'vitest';
import {
  browserDatasets,
  builtInDatasets,
  datasetCard,
  datasetStatus,
  findDataset,
  loadDataset,
  splitMolecules,
} from '../../src/index.ts';
import {
  allDatasets,
  dataFolderDatasets,
  importedDatasets,
  importMolecules,
  loadCached,
  lookThrough,
} from '../../src/node/index.ts';
import { temporaryFolder } from './temporary.ts';

const typed = { kind: 'bonds', atomTypes: 'zinc' } as const;

/** A data folder, and a place for files to import. */
function place() {
  const data = temporaryFolder();
  const files = temporaryFolder();
  const file = (name: string, text: string) => {
    writeFileSync(join(files, name), text);
    return join(files, name);
  };
  return { data, file };
}

const alcohols = 'id,smiles,mu [D],mass\na,CO,1.7,32\nb,CCO,1.69,46\nc,CCCO,1.6,60\n';

describe('importing files', () => {
  it('makes a data set of that name, with its targets and units, found and loaded through the cache', async () => {
    const { data, file } = place();
    const report = await importMolecules({ name: 'alcohols', files: [file('a.csv', alcohols)] }, data);
    expect(report).toMatchObject({ name: 'alcohols', molecules: 3, atoms: 9, split: null, notes: [] });
    expect(report.targets.map(({ name, unit }) => [name, unit])).toEqual([
      ['mu', 'D'],
      ['mass', ''],
    ]);
    const all = await allDatasets(builtInDatasets, data);
    expect(all.map(({ name }) => name)).toEqual(['bundled', 'qm9', 'zinc', 'alcohols']);
    const definition = findDataset(all, 'alcohols');
    const card = await datasetCard(definition, dataFolderDatasets(data));
    expect(cardSchema.parse(card)).toEqual(card);
    expect(card).toMatchObject({
      available: true,
      molecules: 3,
      mend: null,
      defaultTarget: 'mu',
      source: 'a.csv',
      split: null,
      contents: { positions: false, bonds: true },
    });
    const first = await loadCached(definition, data, {}, typed);
    expect(first.set.targets.mu.unit).toBe('D');
    expect(readdirSync(join(data, 'cache'))).toHaveLength(2);
    expect(await loadCached(definition, data, {}, typed)).toEqual(first);
  });

  it('keeps an official split, and one can train on it', async () => {
    const { data, file } = place();
    const part = (name: string, ...smiles: string[]) =>
      file(name, `smiles,y\n${smiles.map((text, k) => `${text},${k}`).join('\n')}\n`);
    const files = [part('train.csv', 'C', 'CC', 'CCC'), part('val.csv', 'O'), part('test.csv', 'N', 'NC')];
    const sizes = { train: 3, validation: 1, test: 2 };
    expect((await importMolecules({ name: 'parted', files }, data)).split).toEqual(sizes);
    const definition = findDataset(await importedDatasets(data), 'parted');
    expect((await datasetStatus(definition, dataFolderDatasets(data))).split).toEqual(sizes);
    const fractions = { train: 0.8, validation: 0.1, test: 0.1, seed: 42 };
    for (let again = 0; again < 2; again++) {
      const { set } = await loadCached(definition, data, {}, typed);
      const split = splitMolecules(set.size, { ...fractions, named: 'official' }, undefined, set.parts);
      expect(Array.from(split.train).sort()).toEqual([0, 1, 2]);
      expect(Array.from(split.validation)).toEqual([3]);
    }
  });

  it('again under a name replaces what was there, and its cache', async () => {
    const { data, file } = place();
    const load = async () => {
      const { set } = await loadCached(findDataset(await importedDatasets(data), 'x'), data, {}, typed);
      return set.size;
    };
    await importMolecules({ name: 'x', files: [file('a.csv', alcohols)] }, data);
    expect(await load()).toBe(3);
    await importMolecules({ name: 'x', files: [file('b.csv', 'smiles,y\nC,1\n')] }, data);
    expect(await load()).toBe(1);
    expect(readdirSync(data).sort()).toEqual(['cache', 'x']);
  });

  it('that fails changes nothing', async () => {
    const { data, file } = place();
    const bad = file('bad.csv', 'smiles,y\nC,1\nC(,2\n');
    await expect(importMolecules({ name: 'x', files: [bad] }, data)).rejects.toThrow(/bad\.csv, line 3/);
    expect(readdirSync(data)).toEqual([]);
    await importMolecules({ name: 'x', files: [file('a.csv', alcohols)] }, data);
    const before = readFileSync(join(data, 'x', 'dataset.json'), 'utf8');
    await expect(importMolecules({ name: 'x', files: [bad] }, data)).rejects.toThrow(/line 3/);
    expect(readFileSync(join(data, 'x', 'dataset.json'), 'utf8')).toBe(before);
    expect(readdirSync(data)).toEqual(['x']);
  });

  it('takes the targets asked for, the first being the one trained on', async () => {
    const { data, file } = place();
    const files = [file('a.csv', alcohols)];
    const report = await importMolecules({ name: 'x', files, targets: [{ name: 'mass' }] }, data);
    expect(report.targets.map(({ name }) => name)).toEqual(['mass']);
    await importMolecules({ name: 'x', files, targets: [{ name: 'mass', unit: 'u' }, { name: 'mu' }] }, data);
    expect((await importedDatasets(data))[0].defaultTarget).toBe('mass');
    await expect(importMolecules({ name: 'x', files, targets: [{ name: 'gap' }] }, data)).rejects.toThrow(
      /no target "gap" in this data set; it has mu, mass/,
    );
  });

  it('looks first, and says what it would make without making it; what is read is told as it is read', async () => {
    const { data, file } = place();
    const path = file(
      'a.csv',
      alcohols.replace('mass', 'mass,note').replaceAll('\n', ',?\n').replace(',?', ''),
    );
    let read = 0;
    const onRead = (bytes: number) => {
      read += bytes;
    };
    expect(await lookThrough({ name: 'x', files: [path], onRead })).toEqual({
      molecules: 3,
      atoms: 9,
      contents: { positions: false, bonds: true },
      targets: [
        { name: 'mu', title: 'mu', unit: 'D' },
        { name: 'mass', title: 'mass', unit: '' },
      ],
      known: false,
      split: null,
      notes: ['The column "note" is no target: line 2 has "?".'],
    });
    expect(read).toBe(readFileSync(path).length);
    expect(readdirSync(data)).toEqual([]);
    await expect(lookThrough({ name: 'x', files: [file('b.csv', 'smiles\nC\n')] })).rejects.toThrow(
      /no number to train on/,
    );
    await expect(lookThrough({ name: 'bundled', files: [path] })).rejects.toThrow(/is not free/);
  });

  it('as "zinc" takes the place of its card, which gives title, licence and target', async () => {
    const { data, file } = place();
    const graph = JSON.stringify({ nodes: [0, 1], edges: [[0, 1, 1]], y: 0.5 });
    await importMolecules({ name: 'zinc', files: [file('train.jsonl', graph)] }, data);
    const all = await allDatasets(builtInDatasets, data);
    expect(all.map(({ name }) => name)).toEqual(['bundled', 'qm9', 'zinc']);
    const card = await datasetCard(findDataset(all, 'zinc'), dataFolderDatasets(data));
    expect(card).toMatchObject({
      title: 'ZINC',
      available: true,
      molecules: 1,
      defaultTarget: 'penalized_logP_normalized',
      source: expect.stringMatching(/imported from train\.jsonl$/),
    });
  });

  it('as "qm9" takes its official files', async () => {
    const { data, file } = place();
    await expect(importMolecules({ name: 'qm9', files: [file('a.sdf', 'x')] }, data)).rejects.toThrow(
      /QM9 needs gdb9\.sdf/,
    );
  });

  it.each([
    ['bundled', /not free/],
    ['cache', /not free/],
    ['../up', /letters, digits/],
    ['', /letters, digits/],
  ])('under the name %j is refused', async (name, message) => {
    const { data, file } = place();
    await expect(importMolecules({ name, files: [file('a.csv', alcohols)] }, data)).rejects.toThrow(message);
    expect(readdirSync(data)).toEqual([]);
  });

  it('without a number to train on, or of a file that is not there, is refused', async () => {
    const { data, file } = place();
    await expect(importMolecules({ name: 'x', files: [file('a.csv', 'smiles\nC\n')] }, data)).rejects.toThrow(
      /no number to train on\. Add a column/,
    );
    await expect(importMolecules({ name: 'x', files: [join(data, 'none.csv')] }, data)).rejects.toThrow(
      /none\.csv cannot be read: there is no such file/,
    );
    await expect(importMolecules({ name: 'x', files: [] }, data)).rejects.toThrow(/None of these files/);
  });
});

describe('an imported data set', () => {
  const imported = async () => {
    const { data, file } = place();
    await importMolecules({ name: 'x', files: [file('a.csv', alcohols)] }, data);
    return data;
  };

  it('whose molecules are damaged is refused, and says what to do', async () => {
    const data = await imported();
    const path = join(data, 'x', 'molecules.columns');
    const whole = readFileSync(path);
    const [definition] = await importedDatasets(data);
    for (const bytes of [whole.subarray(0, 100), Buffer.from('x'), Buffer.alloc(0)]) {
      writeFileSync(path, bytes);
      await expect(loadDataset(definition, dataFolderDatasets(data))).rejects.toThrow(
        'The data set "x" is damaged in its folder. Import its files again.',
      );
    }
    const flipped = Buffer.from(whole);
    flipped[flipped.length - 20] ^= 1;
    writeFileSync(path, flipped);
    await expect(loadDataset(definition, dataFolderDatasets(data))).rejects.toThrow(/damaged/);
  });

  it('is not there in a browser', async () => {
    const [definition] = await importedDatasets(await imported());
    expect(await datasetStatus(definition, browserDatasets)).toMatchObject({ available: false });
  });

  it('is passed over where its folder is not whole, or is another’s by name', async () => {
    const data = await imported();
    await mkdir(join(data, 'x.1.ab.new'));
    for (const name of ['dataset.json', 'molecules.columns']) {
      writeFileSync(join(data, 'x.1.ab.new', name), readFileSync(join(data, 'x', name)));
    }
    await mkdir(join(data, 'empty'));
    await mkdir(join(data, 'broken'));
    writeFileSync(join(data, 'broken', 'dataset.json'), '{"format":');
    expect((await importedDatasets(data)).map(({ name }) => name)).toEqual(['x']);
    expect(await importedDatasets(join(data, 'nowhere'))).toEqual([]);
    expect(existsSync(join(data, 'nowhere'))).toBe(false);
  });
});
