import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { downloadDataset } from '../../src/download/download.ts';
import { serveFiles } from '../download/serve-files.ts';
import { litmatter, until } from '../programs.ts';
import { temporaryFolder } from '../support.ts';

/** Real programs, a real server, and no network but this machine's own. */

const files =
  (folder: string): RequestListener =>
  (request, response) => {
    const path = join(folder, request.url!.replace(/^\/mirror\//, ''));
    if (existsSync(path)) response.end(readFileSync(path));
    else response.writeHead(404).end();
  };

const graph = (atoms: readonly number[], y: number) =>
  `${JSON.stringify({
    node_feat: atoms.map((id) => [id]),
    edge_index: [
      [0, 1],
      [1, 0],
    ],
    edge_attr: [[1], [1]],
    y: [y],
    num_nodes: atoms.length,
  })}\n`;

const program = (folder: string, ...words: string[]) =>
  litmatter(['dataset', ...words], { cwd: folder, env: { LITMATTER_DATA: join(folder, 'data') } });

it('a data set is downloaded, read through, and there; its files are not kept twice', async () => {
  const folder = temporaryFolder();
  for (const [i, part] of ['train', 'val', 'test'].entries()) {
    writeFileSync(join(folder, `${part}.jsonl`), graph([0, 1], i) + graph([2, 0], -i));
  }
  const from = await serveFiles(files(folder), 'mirror');
  const { code, stdout, stderr } = await program(folder, 'download', 'zinc', '--from', from).finished;
  expect([code, stdout], stderr).toEqual([
    0,
    expect.stringMatching(
      /^Downloaded 6 molecules of 12 atoms as "zinc", 2 for training, 2 for validation, 2 for test\./,
    ),
  ]);
  expect(stderr).toMatch(/Downloading train\.jsonl\n[\s\S]*Downloading test\.jsonl\n/);
  expect(existsSync(join(folder, 'data', 'datasets', '.downloads', 'zinc'))).toBe(false);
  expect((await program(folder, 'verify', 'zinc', '--json').finished).code).toBe(0);
});

it('what cannot be had is told in a sentence, with the way by hand, and changes nothing', async () => {
  const folder = temporaryFolder();
  const missing = await program(
    folder,
    'download',
    'qm9',
    '--from',
    await serveFiles(files(folder), 'mirror'),
  ).finished;
  expect([missing.code, missing.stdout]).toEqual([3, '']);
  expect(missing.stderr).toMatch(/answers 404 Not Found for gdb9\.tar\.gz: .*By hand: Get gdb9\.sdf/);
  writeFileSync(join(folder, 'gdb9.tar.gz'), 'no archive');
  const wrong = await program(
    folder,
    'download',
    'qm9',
    '--from',
    await serveFiles(files(folder), 'mirror'),
    '--json',
  ).finished;
  expect(wrong.code).toBe(3);
  expect(wrong.stderr).toMatch(/another file than gdb9\.tar\.gz should be: it has 10 bytes, not 53359625/);
  const lines = wrong.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.every(({ type }) => type === 'progress')).toBe(true);
  const unknown = await program(folder, 'download', 'bundled').finished;
  expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringMatching(/qm9 and zinc are\./)]);
  expect(existsSync(join(folder, 'data', 'datasets', 'qm9'))).toBe(false);
});

it('a download that is interrupted says so, and the same command goes on from there', async () => {
  const folder = temporaryFolder();
  const whole = graph([0, 1], 1).repeat(2_000);
  for (const part of ['train', 'val', 'test']) writeFileSync(join(folder, `${part}.jsonl`), whole);
  const ranges: string[] = [];
  const from = await serveFiles((request, response) => {
    const range = /\d+/.exec(request.headers.range ?? '')?.[0];
    if (range !== undefined) ranges.push(range);
    const begin = Number(range ?? 0);
    const first = request.url!.endsWith('train.jsonl') && ranges.length === 0;
    response.writeHead(begin > 0 ? 206 : 200, {
      etag: '"one"',
      'content-length': whole.length - begin,
      ...(begin > 0 && { 'content-range': `bytes ${begin}-${whole.length - 1}/${whole.length}` }),
    });
    // The first answer never ends.
    if (first) response.write(whole.slice(0, 100_000));
    else response.end(whole.slice(begin));
  }, 'mirror');
  const running = program(folder, 'download', 'zinc', '--from', from);
  const part = join(folder, 'data', 'datasets', '.downloads', 'zinc', 'train.jsonl.part');
  await until(
    () => existsSync(part) && readFileSync(part).length,
    (bytes) => bytes === 100_000,
    60,
  );
  running.child.kill('SIGINT');
  const { code, stderr } = await running.finished;
  expect([code, stderr]).toEqual([130, expect.stringMatching(/Interrupted: what has come is kept/)]);
  const again = await program(folder, 'download', 'zinc', '--from', from, '--json').finished;
  expect(again.code, again.stderr).toBe(0);
  expect(ranges).toEqual(['100000']);
  expect(JSON.parse(again.stdout.trim().split('\n').at(-1)!)).toMatchObject({
    name: 'zinc',
    molecules: 6_000,
  });
});

it('an archive gives the files that are wanted of it, and one that was cut short is not kept', async () => {
  const fixture = fileURLToPath(new URL('../../../../packages/molecules/test/fixtures/', import.meta.url));
  const folder = temporaryFolder();
  cpSync(join(fixture, 'qm9_mini.sdf'), join(folder, 'gdb9.sdf'));
  cpSync(join(fixture, 'qm9_mini.sdf.csv'), join(folder, 'gdb9.sdf.csv'));
  writeFileSync(join(folder, 'README'), 'not wanted');
  execFileSync('tar', ['-czf', 'gdb9.tar.gz', './gdb9.sdf', './gdb9.sdf.csv', './README'], { cwd: folder });
  writeFileSync(join(folder, 'uncharacterized.txt'), `${'heading\n'.repeat(9)}${'='.repeat(40)}\n`);
  const from = await serveFiles(files(folder), 'mirror');
  const wanted = [
    { name: 'gdb9.tar.gz', url: `${from}/gdb9.tar.gz`, members: ['gdb9.sdf', 'gdb9.sdf.csv'] },
    { name: 'uncharacterized.txt', url: `${from}/uncharacterized.txt` },
  ];
  const data = join(folder, 'data');
  expect(await downloadDataset('qm9', wanted, data)).toMatchObject({ name: 'qm9', molecules: 21 });
  expect(existsSync(join(data, 'qm9', 'gdb9.sdf'))).toBe(true);
  writeFileSync(join(folder, 'gdb9.tar.gz'), readFileSync(join(folder, 'gdb9.tar.gz')).subarray(0, -100));
  const other = join(folder, 'other');
  await expect(downloadDataset('qm9', wanted, other)).rejects.toThrow(
    /gdb9\.tar\.gz cannot be unpacked: .*not kept/,
  );
  expect([existsSync(join(other, 'qm9')), existsSync(join(other, '.downloads', 'qm9'))]).toEqual([
    false,
    false,
  ]);
});
