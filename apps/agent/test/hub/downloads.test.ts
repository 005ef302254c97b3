import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import type { DatasetDownload } from '@litmatter/protocol';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadRegistry } from '../../src/config.ts';
import { datasetCards } from '../../src/hub/catalogue.ts';
import { Downloads } from '../../src/hub/downloads.ts';
import { serveFiles } from '../download/serve-files.ts';
import { until } from '../programs.ts';
import { temporaryFolder } from '../support.ts';

/** A real server, a real program beside the hub, and no network but this machine's own. */

const graph = `${JSON.stringify({
  node_feat: [[0], [1]],
  edge_index: [
    [0, 1],
    [1, 0],
  ],
  edge_attr: [[1], [1]],
  y: [1],
  num_nodes: 2,
})}\n`;
const file = graph.repeat(2_000);

/** The first answer gives 100,000 bytes and never ends; every other one is whole, from where it is asked. */
function holding() {
  const asked: string[] = [];
  const listener: RequestListener = (request, response) => {
    const from = Number(/\d+/.exec(request.headers.range ?? '')?.[0] ?? 0);
    asked.push(`${request.url} ${from}`);
    response.writeHead(from > 0 ? 206 : 200, {
      etag: '"one"',
      'content-length': file.length - from,
      ...(from > 0 && { 'content-range': `bytes ${from}-${file.length - 1}/${file.length}` }),
    });
    if (asked.length === 1) response.write(file.slice(0, 100_000));
    else response.end(file.slice(from));
  };
  return { asked, listener };
}

async function downloadsOf(mirror: string, datasetFolder = temporaryFolder()) {
  const registry = await loadRegistry(null);
  const downloads = new Downloads({
    datasetFolder,
    mirrors: { zinc: mirror, qm9: mirror },
    cards: () => datasetCards(registry, datasetFolder),
  });
  onTestFinished(() => downloads.close());
  const part = join(datasetFolder, '.downloads', 'zinc', 'train.jsonl.part');
  return {
    downloads,
    datasetFolder,
    /** Until so much has come as the holding server gives, and is written. */
    held: () =>
      until(
        async () => ({
          written: existsSync(part) ? statSync(part).size : 0,
          state: await downloads.state('zinc'),
        }),
        ({ written, state }) => written === 100_000 && state.bytes === 100_000 && state.total === file.length,
      ),
    ended: (holds: (state: DatasetDownload) => boolean = () => true) =>
      until(
        () => downloads.state('zinc'),
        (state) => state.phase === null && holds(state),
      ),
  };
}

describe('a download of the hub', () => {
  it('tells how far it has come, is one however often it is asked for, and makes the data set', async () => {
    const { asked, listener } = holding();
    const { downloads, held, ended, datasetFolder } = await downloadsOf(await serveFiles(listener, 'mirror'));
    expect(await downloads.states()).toMatchObject([
      { name: 'qm9', available: false, size: 53_846_377, hasSubset: false, phase: null, kept: 0 },
      { name: 'zinc', available: false, size: null, hasSubset: true, phase: null, kept: 0 },
    ]);
    expect(await downloads.start('zinc', false)).toMatchObject({ phase: 'downloading', file: 'train.jsonl' });
    expect((await held()).state).toMatchObject({
      phase: 'downloading',
      file: 'train.jsonl',
      bytes: 100_000,
      total: file.length,
      error: null,
    });
    expect(await downloads.start('zinc', true)).toMatchObject({ bytes: 100_000 });
    expect(asked).toEqual(['/mirror/train.jsonl 0']);

    expect(await downloads.cancel('zinc')).toMatchObject({ phase: null, kept: 100_000, error: null });
    await downloads.start('zinc', false);
    expect(await ended(({ available }) => available)).toMatchObject({ kept: 0, error: null, byHand: null });
    expect(asked).toEqual([
      '/mirror/train.jsonl 0',
      '/mirror/train.jsonl 100000',
      '/mirror/val.jsonl 0',
      '/mirror/test.jsonl 0',
    ]);
    expect(existsSync(join(datasetFolder, '.downloads', 'zinc'))).toBe(false);
    await expect(downloads.start('zinc', false)).rejects.toThrow('The data set "zinc" is here already.');
  });

  it('that the end of the hub broke off is told by the next, which goes on from there', async () => {
    const { asked, listener } = holding();
    const mirror = await serveFiles(listener, 'mirror');
    const first = await downloadsOf(mirror);
    await first.downloads.start('zinc', false);
    await first.held();
    await first.downloads.close();
    const { downloads, ended } = await downloadsOf(mirror, first.datasetFolder);
    expect(await downloads.state('zinc')).toMatchObject({ available: false, phase: null, kept: 100_000 });
    await downloads.start('zinc', false);
    await ended(({ available }) => available);
    expect(asked[1]).toBe('/mirror/train.jsonl 100000');
  });

  it('that fails says why and how else to have the data set, and can be tried again', async () => {
    let there = false;
    const mirror = await serveFiles((_, response) => {
      if (there) response.end(file);
      else response.writeHead(404).end();
    }, 'mirror');
    const { downloads, ended } = await downloadsOf(mirror);
    await downloads.start('zinc', false);
    const failed = await ended();
    expect(failed.error).toMatch(
      /^127\.0\.0\.1:\d+ answers 404 Not Found for train\.jsonl: .*not to be had\.$/,
    );
    expect(failed.byHand).toMatch(/^Get ZINC/);
    there = true;
    expect((await downloads.start('zinc', false)).error).toBeNull();
    expect(await ended(({ available }) => available)).toMatchObject({ error: null });
  });

  it('brings the files that tell the part of a benchmark only where that is wanted, and there is one', async () => {
    const asked: string[] = [];
    const mirror = await serveFiles((request, response) => {
      asked.push(request.url!);
      if (request.url!.endsWith('.jsonl')) response.end(file);
      else response.writeHead(404).end();
    }, 'mirror');
    const { downloads, ended } = await downloadsOf(mirror);
    await downloads.start('zinc', true);
    expect((await ended()).error).toMatch(/train\.index/);
    expect(asked.at(-1)).toBe('/mirror/train.index');
    await expect(downloads.start('qm9', true)).rejects.toThrow(/has no subset/);
  });

  it('is refused for what cannot be downloaded; and of a folder with nothing in it nothing is kept', async () => {
    const { downloads, datasetFolder } = await downloadsOf('http://127.0.0.1:9/');
    await expect(downloads.start('bundled', false)).rejects.toThrow(/qm9 and zinc are\.$/);
    await expect(downloads.cancel('constructor')).rejects.toThrow(/not one to download/);
    const coming = join(datasetFolder, '.downloads', 'qm9');
    mkdirSync(coming, { recursive: true });
    expect((await downloads.state('qm9')).kept).toBe(0);
    writeFileSync(join(coming, 'gdb9.tar.gz.part'), 'abc');
    writeFileSync(join(coming, 'gdb9.tar.gz.etag'), '"one"');
    expect((await downloads.state('qm9')).kept).toBe(3);
    expect(await downloads.cancel('qm9')).toMatchObject({ phase: null, kept: 3 });
  });
});
