import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { maxImportBytes, problem } from '@litmatter/protocol';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { hubClient } from '../../src/client.ts';
import { datasetFolder, importFolder } from '../../src/folders.ts';
import { startHub } from '../../src/hub/hub.ts';
import { until } from '../programs.ts';
import { someSpec, temporaryFolder } from '../support.ts';
import { FakeLauncher } from './fake-launcher.ts';

/** A real hub, real uploads, a real program beside it. */

const alcohols = 'id,smiles,mu [D],mass,note\na,CO,1.7,32,x\nb,CCO,1.69,46,y\nc,CCCO,1.6,60,z\n';

async function hub(dataFolder = temporaryFolder()) {
  const launcher = new FakeLauncher();
  const running = await startHub({ dataFolder, port: 0, launchers: [launcher] });
  onTestFinished(() => running.close());
  const call = hubClient(running.url, running.token);
  const bearer = { authorization: `Bearer ${running.token}` };
  /** A request as it stands: its answer's status, and the Problem or import it tells. */
  const ask = async (method: string, path: string, body?: BodyInit, type = 'application/json') => {
    const answer = await fetch(new URL(path, running.url), {
      method,
      headers: { ...bearer, ...(body !== undefined && { 'content-type': type }) },
      ...(body !== undefined && { body }),
    });
    return { status: answer.status, body: (await answer.json()) as unknown };
  };
  const send = (name: string, file: string, body: BodyInit) =>
    ask(
      'PUT',
      `api/datasets/imports/${name}/files/${encodeURIComponent(file)}`,
      body,
      'application/octet-stream',
    );
  const states = async () => (await call('listImports')).imports;
  const settled = (name: string) =>
    until(
      async () => (await states()).find((one) => one.name === name),
      (one) => one?.phase !== 'coming' && one?.phase !== 'reading' && one?.phase !== 'making',
    );
  /** Announce and send files; resolves when they have been read through. */
  const bring = async (name: string, files: Record<string, string | Uint8Array<ArrayBuffer>>) => {
    const announced = Object.entries(files).map(([file, body]) => ({
      name: file,
      bytes: Buffer.byteLength(body),
    }));
    await call('startImport', { body: { name, files: announced } });
    for (const [file, body] of Object.entries(files)) expect((await send(name, file, body)).status).toBe(200);
    return (await settled(name))!;
  };
  return {
    ...running,
    ...{ launcher, call, ask, send, states, settled, bring },
    imports: importFolder(dataFolder),
    datasets: datasetFolder(dataFolder),
  };
}

/** A PUT whose path goes out as it stands: `fetch` would tidy it first. */
function rawPut(url: string, path: string, token: string): Promise<number> {
  const { hostname, port } = new URL(url);
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' };
  return new Promise((resolve, reject) => {
    const put = request({ hostname, port, path, method: 'PUT', headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode!);
    });
    put.on('error', reject).end('abcd');
  });
}

const messageOf = (body: unknown) => problem.parse(body).message;
const filesIn = (folder: string) => (existsSync(folder) ? readdirSync(folder) : []);

describe('an import', () => {
  it('is announced, sent, read through, and made a data set of the targets and units a person chooses', async () => {
    const { call, bring, settled, imports, datasets } = await hub();
    const found = await bring('alcohols', { 'a b.csv': alcohols });
    expect(found).toMatchObject({
      phase: 'found',
      error: null,
      found: {
        molecules: 3,
        atoms: 9,
        known: false,
        split: null,
        contents: { positions: false, bonds: true },
      },
    });
    expect(found.found!.targets).toEqual([
      { name: 'mu', title: 'mu', unit: 'D' },
      { name: 'mass', title: 'mass', unit: '' },
    ]);
    expect(found.found!.notes).toEqual(['The column "note" is no target: line 2 has "x".']);
    expect((await call('catalogue')).datasets.map(({ name }) => name)).not.toContain('alcohols');

    const targets = [{ name: 'mass', unit: 'u' }, { name: 'mu' }];
    const making = await call('finishImport', { params: { name: 'alcohols' }, body: { targets } });
    expect(making.phase).toBe('making');
    expect(await settled('alcohols')).toBeUndefined();
    const card = (await call('catalogue')).datasets.find(({ name }) => name === 'alcohols')!;
    expect(card).toMatchObject({ available: true, molecules: 3, defaultTarget: 'mass', removable: true });
    expect(card.targets.map(({ name, unit }) => [name, unit])).toEqual([
      ['mass', 'u'],
      ['mu', ''],
    ]);
    expect(filesIn(imports)).toEqual([]);

    expect(await call('removeDataset', { params: { name: 'alcohols' } })).toEqual({ removed: 'alcohols' });
    expect((await call('catalogue')).datasets.map(({ name }) => name)).not.toContain('alcohols');
    expect(filesIn(datasets)).toEqual([]);
  });

  it('may be of several files, gzipped or not, of which one says the targets and one the parts', async () => {
    const { bring } = await hub();
    const graph = (y: number) => `${JSON.stringify({ nodes: [0, 1], edges: [[0, 1, 1]], y })}\n`;
    const found = await bring('parted', {
      'train.jsonl.gz': gzipSync(graph(1) + graph(2)),
      'val.jsonl': graph(3),
      'test.jsonl': graph(4),
    });
    expect(found.found).toMatchObject({ molecules: 4, split: { train: 2, validation: 1, test: 1 } });
  });

  it('of files that cannot be read is refused with the reader’s sentence, and nothing of it is kept', async () => {
    const { bring, imports, datasets, call } = await hub();
    const refused = await bring('bad', { 'bad.csv': 'smiles,y\nC,1\nC(,2\n' });
    expect(refused).toMatchObject({ phase: 'refused', found: null });
    expect(refused.error).toMatch(/^bad\.csv, line 3: "C\("/);
    expect(filesIn(imports)).toEqual([]);
    expect(filesIn(datasets)).toEqual([]);
    expect((await bring('bad', { 'x.xyz': '1\nno energy\nH 0 0 0\n' })).error).toMatch(
      /no number to train on/,
    );
    // A refused one makes way by itself.
    expect((await bring('bad', { 'good.csv': alcohols })).phase).toBe('found');
    expect(await call('cancelImport', { params: { name: 'bad' }, body: {} })).toEqual({ cancelled: 'bad' });
    expect(filesIn(imports)).toEqual([]);
  });

  it('says at its field what is wrong with a name or a file before anything is sent', async () => {
    const { ask, imports } = await hub();
    const start = async (name: string, files: unknown) => {
      const { status, body } = await ask('POST', 'api/datasets/imports', JSON.stringify({ name, files }));
      expect(status).toBe(400);
      return problem.parse(body).fields!;
    };
    const one = [{ name: 'a.csv', bytes: 10 }];
    expect((await start('bundled', one)).name).toMatch(/is taken/);
    expect((await start('Bundled', one)).name).toMatch(/is taken/);
    expect((await start('no spaces', one)).name).toMatch(/must be 1 to 64/);
    expect((await start('x', [])).files).toMatch(/at least one/);
    expect((await start('x', [{ name: 'a.parquet', bytes: 1 }]))['files.0.name']).toMatch(/no kind/);
    expect((await start('x', [{ name: 'a.csv', bytes: 0 }]))['files.0.bytes']).toMatch(/is empty/);
    expect((await start('x', [...one, { name: 'A.csv', bytes: 1 }])).files).toMatch(/same name twice/);
    const large = [
      { name: 'a.csv', bytes: maxImportBytes },
      { name: 'b.csv', bytes: 1 },
    ];
    expect((await start('x', large)).files).toMatch(/larger than the 2 GB/);
    expect(filesIn(imports)).toEqual([]);
  });

  it('that is larger or smaller than was announced, or breaks off, is gone', async () => {
    const { call, send, states, imports, url, token } = await hub();
    const start = (bytes: number) =>
      call('startImport', { body: { name: 'x', files: [{ name: 'a.csv', bytes }] } });
    await start(10);
    const larger = await send('x', 'a.csv', 'x'.repeat(1_000_000));
    expect([larger.status, messageOf(larger.body)]).toEqual([
      400,
      'a.csv is larger than the 10 bytes that were announced.',
    ]);
    await start(10);
    expect(messageOf((await send('x', 'a.csv', 'short')).body)).toMatch(/has 5 bytes, and 10 were announced/);
    await start(1_000_000);
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.write(
      `PUT /api/datasets/imports/x/files/a.csv HTTP/1.1\r\nhost: ${hostname}:${port}\r\nauthorization: Bearer ${token}\r\n` +
        `content-type: application/octet-stream\r\ncontent-length: 1000000\r\n\r\n${'x'.repeat(5_000)}`,
    );
    await until(states, ([one]) => one?.bytes === 5_000);
    socket.destroy();
    await until(states, (all) => all.length === 0);
    await vi.waitFor(() => expect(filesIn(imports)).toEqual([]));
  });

  it('is one under its name, takes each file once, and none it has not announced', async () => {
    const { ask, call, send, imports } = await hub();
    const files = [
      { name: 'a.csv', bytes: alcohols.length },
      { name: 'b.csv', bytes: 4 },
    ];
    const body = { name: 'x', files };
    await call('startImport', { body });
    expect((await send('x', 'c.csv', 'abcd')).status).toBe(404);
    expect((await send('y', 'a.csv', 'abcd')).status).toBe(404);
    expect((await send('x', 'a.csv', alcohols)).status).toBe(200);
    expect((await send('x', 'a.csv', alcohols)).status).toBe(409);
    expect((await ask('POST', 'api/datasets/imports/x/finish', '{}')).status).toBe(409);
    // Nobody is sending: a new one takes its place.
    await call('startImport', { body: { name: 'x', files: [files[0]!] } });
    expect(filesIn(join(imports, 'x'))).toEqual([]);
    expect((await send('x', 'a.csv', alcohols)).status).toBe(200);
    const twice = await ask('POST', 'api/datasets/imports', JSON.stringify(body));
    expect([twice.status, messageOf(twice.body)]).toEqual([409, expect.stringMatching(/on its way already/)]);
  });

  it('is made of no target that is not there, and can be finished after a mistake', async () => {
    const { ask, bring } = await hub();
    await bring('x', { 'a.csv': alcohols });
    const finish = (targets: unknown) =>
      ask('POST', 'api/datasets/imports/x/finish', JSON.stringify({ targets }));
    const odd = await finish([{ name: 'mu' }, { name: 'gap' }]);
    expect(problem.parse(odd.body).fields).toEqual({
      'targets.1.name': 'is not in these files; they have mu, mass',
    });
    expect((await finish([])).status).toBe(400);
    expect((await finish([{ name: 'mu', unit: 'a\u0000b' }])).status).toBe(400);
    expect((await finish([{ name: 'mu' }, { name: 'mu' }])).status).toBe(400);
    expect((await finish([{ name: 'mu' }])).status).toBe(200);
  });

  it('is forgotten with its files when it is cancelled, when the hub ends, and by the next hub', async () => {
    const first = await hub();
    const large = `smiles,y\n${'CCCCCCCCCC,1\n'.repeat(200_000)}`;
    const files = [{ name: 'a.csv', bytes: large.length }];
    await first.call('startImport', { body: { name: 'x', files } });
    await first.send('x', 'a.csv', large);
    expect((await first.states())[0]).toMatchObject({ phase: 'reading', total: large.length });
    await first.call('cancelImport', { params: { name: 'x' }, body: {} });
    expect(filesIn(first.imports)).toEqual([]);
    expect((await first.ask('POST', 'api/datasets/imports/x/cancel', '{}')).status).toBe(404);

    await first.bring('y', { 'a.csv': alcohols });
    await first.close();
    expect(filesIn(first.imports)).toEqual([]);
    mkdirSync(join(first.imports, 'left'), { recursive: true });
    const next = await hub(first.dataFolder);
    expect(await next.states()).toEqual([]);
    expect(existsSync(join(first.imports, 'left'))).toBe(false);
  });
});

describe('a name', () => {
  const odd = [
    '..',
    '../x.csv',
    '..%2fx.csv',
    '%2e%2e%2fx.csv',
    '%252e%252e%252fx.csv',
    'a%00.csv',
    'a%2fb.csv',
    'a%5cb.csv',
    '%c0%ae%c0%ae%2fx.csv',
    '.hidden.csv',
    '-rf.csv',
    'a..csv',
    'a%0a.csv',
    'x'.repeat(300),
    '%F0%9F%98%80.csv',
    'con%3a.csv',
  ];

  it.each(odd)('of a file like %j is refused and writes nothing', async (path) => {
    const { call, url, token, dataFolder, imports } = await hub();
    await call('startImport', { body: { name: 'x', files: [{ name: 'a.csv', bytes: 4 }] } });
    const before = readdirSync(dataFolder, { recursive: true }).sort();
    const status = await rawPut(url, `/api/datasets/imports/x/files/${path}`, token);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(readdirSync(dataFolder, { recursive: true }).sort()).toEqual(before);
    expect(filesIn(join(imports, 'x'))).toEqual([]);
  });

  it('of whatever kind is taken into the hub’s folder or refused in words: fuzz', async () => {
    const { ask, dataFolder, imports } = await hub();
    const outside = readdirSync(join(dataFolder, '..')).filter((name) => /\.csv/.test(name));
    const piece = fc.oneof(
      fc.constantFrom('..', '/', '\\', '%2e', '%00', '\0', '.csv', 'a', '\n', '~', '$(x)', ';', '"', ' '),
      fc.string({ unit: 'binary', maxLength: 4 }),
    );
    const text = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));
    await fc.assert(
      fc.asyncProperty(text, text, async (name, file) => {
        const body = JSON.stringify({ name, files: [{ name: file, bytes: 1 }] });
        const { status, body: said } = await ask('POST', 'api/datasets/imports', body);
        if (status !== 200) expect([status, messageOf(said).length > 10]).toEqual([400, true]);
        else {
          expect(readdirSync(imports)).toContain(name);
          const path = `api/datasets/imports/${encodeURIComponent(name)}`;
          await ask('PUT', `${path}/files/${encodeURIComponent(file)}`, 'x', 'application/octet-stream');
          await ask('POST', `${path}/cancel`, '{}');
        }
        const removed = await ask('DELETE', `api/datasets/${encodeURIComponent(`${name}/../bundled`)}`);
        expect(removed.status).toBeGreaterThanOrEqual(400);
      }),
      { numRuns: 100 },
    );
    expect(filesIn(imports)).toEqual([]);
    expect(readdirSync(join(dataFolder, '..')).filter((name) => /\.csv/.test(name))).toEqual(outside);
  });

  it('that a link takes elsewhere is not followed', async () => {
    const { ask, dataFolder, imports } = await hub();
    const elsewhere = temporaryFolder();
    writeFileSync(join(elsewhere, 'kept.csv'), 'kept');
    mkdirSync(imports, { recursive: true });
    symlinkSync(elsewhere, join(imports, 'x'));
    const body = JSON.stringify({ name: 'x', files: [{ name: 'kept.csv', bytes: 4 }] });
    expect((await ask('POST', 'api/datasets/imports', body)).status).toBe(500);
    expect(readFileSync(join(elsewhere, 'kept.csv'), 'utf8')).toBe('kept');
    expect(readFileSync(join(dataFolder, 'hub.log'), 'utf8')).toMatch(/leads out of the data folder/);
  });
});

describe('a data set is removed', () => {
  it('not while an experiment trains on it, not where it came with the program, and not where there is none', async () => {
    const { call, ask, bring, settled, launcher, store, datasets } = await hub();
    await bring('x', { 'a.csv': `smiles,y\n${'CO,1\nCCO,2\n'.repeat(20)}` });
    await call('finishImport', { params: { name: 'x' }, body: {} });
    await settled('x');
    const spec = someSpec({ models: [{ name: 'pna' }], dataset: { name: 'x' }, devices: [1] });
    const { id } = await call('createExperiment', { body: spec });
    await vi.waitFor(() => expect(launcher.alive).toEqual([`${id}.0#1`]));
    const refused = await ask('DELETE', 'api/datasets/x');
    expect([refused.status, messageOf(refused.body)]).toEqual([
      409,
      '"SchNet on the bundled molecules" still trains on "x": wait for its end, or cancel it first.',
    ]);
    launcher.end(`${id}.0#1`);
    await vi.waitFor(() => expect(store.summary(id)!.endedAt).not.toBeNull());
    expect((await ask('DELETE', 'api/datasets/x')).status).toBe(200);
    expect(readdirSync(datasets)).toEqual([]);
    expect(store.summary(id)!.dataset).toBe('x');
    expect(messageOf((await ask('DELETE', 'api/datasets/bundled')).body)).toMatch(/neither imported nor/);
    expect((await ask('DELETE', 'api/datasets/qm9')).status).toBe(404);
  });
});
