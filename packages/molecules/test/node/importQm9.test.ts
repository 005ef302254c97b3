import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { datasetCard as cardSchema, InputError } from '@litmatter/protocol';
import { describe, expect, it } from 'vitest';
import { datasetCard, loadDataset, qm9 } from '../../src/index.ts';
import { dataFolderDatasets, fileSource, importQm9, loadCached } from '../../src/node/index.ts';
import { temporaryFolder } from './temporary.ts';

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
const ruler = '='.repeat(40);

/** A folder with the three files of the fixture as a person might have them. */
function files(list = `${'heading\n'.repeat(9)}${ruler}\n`) {
  const folder = temporaryFolder();
  const text = join(folder, 'uncharacterized.txt');
  writeFileSync(text, list);
  const sdf = join(folder, 'gdb9.sdf');
  copyFileSync(fixture('qm9_mini.sdf'), sdf);
  const csv = join(folder, 'gdb9.sdf.csv.gz');
  writeFileSync(csv, gzipSync(readFileSync(fixture('qm9_mini.sdf.csv'))));
  return { folder, sdf, csv, text };
}

describe('importing QM9', () => {
  it('puts the files into the data folder, gzipped or not, and makes it available', async () => {
    const { sdf, csv, text } = files();
    const data = temporaryFolder();
    const context = dataFolderDatasets(data);
    const before = await datasetCard(qm9, context);
    expect(before).toMatchObject({ available: false, molecules: 130_831, bytes: null });
    expect(before.mend).toContain(join(data, 'qm9'));

    expect((await importQm9([text, sdf, csv], data)).size).toBe(21);
    expect(readdirSync(join(data, 'qm9')).sort()).toEqual([
      'gdb9.sdf',
      'gdb9.sdf.csv.gz',
      'uncharacterized.txt',
    ]);
    const card = await datasetCard(qm9, context);
    expect(cardSchema.parse(card)).toEqual(card);
    expect(card).toMatchObject({ available: true, mend: null });
    expect((await loadDataset(qm9, context)).size).toBe(21);
    const { set, graphs } = await loadCached(qm9, data, {}, { kind: 'radius', cutoff: 10 });
    expect([set.size, graphs.rowOffsets.length]).toEqual([21, set.atomicNumbers.length + 1]);
  });

  it('replaces an earlier import, and the cache notices', async () => {
    const data = temporaryFolder();
    const first = files();
    await importQm9([first.text, first.sdf, first.csv], data);
    expect((await loadCached(qm9, data, {}, { kind: 'bonds' })).set.size).toBe(21);
    const second = files(`${'heading\n'.repeat(9)}      5   NC\n${ruler}\n`);
    await importQm9([second.text, second.sdf, second.csv], data);
    expect((await loadCached(qm9, data, {}, { kind: 'bonds' })).set.size).toBe(20);
    expect(readdirSync(data).sort()).toEqual(['cache', 'qm9']);
  });

  it('of bad files changes nothing', async () => {
    const data = temporaryFolder();
    const good = files();
    await importQm9([good.text, good.sdf, good.csv], data);
    const bad = files();
    writeFileSync(bad.sdf, readFileSync(bad.sdf, 'utf8').slice(0, 5000));
    await expect(importQm9([bad.text, bad.sdf, bad.csv], data)).rejects.toThrow(
      /gdb9\.sdf, line .*cut short/,
    );
    expect((await loadDataset(qm9, dataFolderDatasets(data))).size).toBe(21);
    expect(readdirSync(data)).toEqual(['qm9']);
    const empty = temporaryFolder();
    await expect(importQm9([bad.text, bad.sdf, bad.csv], empty)).rejects.toBeInstanceOf(InputError);
    expect(readdirSync(empty)).toEqual([]);
  });

  it('says which file is missing, doubled or not of it', async () => {
    const { sdf, csv, text } = files();
    const data = temporaryFolder();
    await expect(importQm9([sdf, csv], data)).rejects.toThrow(/uncharacterized\.txt is not given/);
    await expect(importQm9([sdf, sdf, csv, text], data)).rejects.toThrow(/are both a gdb9\.sdf/);
    await expect(importQm9([sdf, csv, join(data, 'notes.pdf')], data)).rejects.toThrow(/none of QM9's files/);
    await expect(importQm9([sdf, csv, join(data, 'lost.txt')], data)).rejects.toThrow(
      /lost\.txt cannot be read: there is no such file/,
    );
    expect(existsSync(join(data, 'qm9'))).toBe(false);
  });
});

describe('the data folder', () => {
  it('says what is missing and where it belongs', async () => {
    const data = temporaryFolder();
    const loading = loadDataset(qm9, dataFolderDatasets(data));
    await expect(loading).rejects.toThrow(
      `QM9 is not here. Run "litmatter dataset download qm9", or get gdb9.sdf, gdb9.sdf.csv and uncharacterized.txt`,
    );
    await expect(loading).rejects.toThrow(join(data, 'qm9'));
  });

  it('opens files of a data set and nothing outside its folder', async () => {
    const data = temporaryFolder();
    mkdirSync(join(data, 'qm9'));
    writeFileSync(join(data, 'secret'), 'x');
    const context = dataFolderDatasets(data);
    expect(await context.open('qm9', '../secret')).toBeNull();
    await expect(context.open('../', 'secret')).rejects.toBeInstanceOf(InputError);
    expect(await context.open('qm9', '.')).toBeNull();
  });

  it('reports a folder in a file’s place in words', async () => {
    const data = temporaryFolder();
    const reading = (async () => {
      for await (const _ of fileSource(data).bytes);
    })();
    await expect(reading).rejects.toThrow(/cannot be read: EISDIR/);
  });
});
