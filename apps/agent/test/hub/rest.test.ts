import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { experimentSnapshot, type Problem, problem } from '@litmatter/protocol';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { hubClient } from '../../src/client.ts';
import { attemptFolder } from '../../src/folders.ts';
import { startHub } from '../../src/hub/hub.ts';
import { ended, epoch, log, someSpec, started, temporaryFolder } from '../support.ts';
import { FakeLauncher } from './fake-launcher.ts';

async function hub() {
  const launcher = new FakeLauncher();
  const dataFolder = temporaryFolder();
  const running = await startHub({ dataFolder, port: 0, launchers: [launcher], basePath: '/node/h/1/' });
  onTestFinished(() => running.close());
  /** A bare request: what a program without our client would send. */
  const ask = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const answer = await fetch(new URL(path.replace(/^\//, ''), running.url), {
      method,
      headers: {
        authorization: `Bearer ${running.token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  };
  return { ...running, launcher, dataFolder, ask, call: hubClient(running.url, running.token) };
}

const told = (text: string): Problem => problem.parse(JSON.parse(text));

describe('every route', () => {
  it('answers in the shape the protocol gives it', async () => {
    const { call, store, launcher } = await hub();
    const catalogue = await call('catalogue');
    expect(
      catalogue.models.find(({ name }) => name === 'schnet')!.presets.map((p) => [p.name, p.parameters]),
    ).toContainEqual(['paper', 455_809]);
    expect(catalogue.datasets.map(({ name }) => name)).toEqual(expect.arrayContaining(['bundled', 'qm9']));
    const downloads = (await call('listDownloads')).downloads;
    expect(downloads.map(({ name, phase }) => [name, phase])).toEqual([
      ['qm9', null],
      ['zinc', null],
    ]);
    expect(await call('cancelDownload', { params: { name: 'zinc' }, body: {} })).toEqual(downloads[1]);
    expect(await call('listImports')).toEqual({ imports: [] });
    expect((await call('cluster')).findings.length).toBeGreaterThan(5);

    const created = await call('createExperiment', { body: someSpec({ devices: [1] }) });
    const { id } = created;
    const run = `${id}.0`;
    await vi.waitFor(() => expect(launcher.alive).toEqual([`${run}#1`]));
    store.append(run, 1, [
      started({ run, seq: 0 }),
      log({ run, seq: 1 }, 'hello'),
      epoch({ run, seq: 2 }, 1),
    ]);
    expect((await call('listExperiments')).experiments.map((one) => one.id)).toEqual([id]);
    expect((await call('experiment', { params: { id } })).epochs).toHaveLength(1);
    expect((await call('runEvents', { params: { id: run } })).events).toHaveLength(3);
    const page = await call('runEvents', { params: { id: run }, query: { limit: '2' } });
    expect(
      (await call('runEvents', { params: { id: run }, query: { after: String(page.cursor) } })).events,
    ).toHaveLength(1);
    expect((await call('runLog', { params: { id: run } })).lines.map(({ message }) => message)).toEqual([
      'hello',
    ]);
    expect((await call('plan', { body: someSpec({ devices: [1] }) })).runs).toBe(1);
    expect((await call('changeExperiment', { params: { id }, body: { archived: true } })).archived).toBe(
      true,
    );

    expect((await call('cancelRun', { params: { id: run } })).reason).toBe('Stopping.');
    launcher.end(`${run}#1`);
    await vi.waitFor(() => expect(store.run(run)!.state).toBe('cancelled'));
    expect((await call('retryRun', { params: { id: run } })).state).toMatch(/queued|starting/);
    await vi.waitFor(() => expect(launcher.alive).toEqual([`${run}#2`]));
    expect((await call('cancelExperiment', { params: { id } })).id).toBe(id);
    launcher.end(`${run}#2`);
    await vi.waitFor(() => expect(store.summary(id)!.state).toBe('cancelled'));
    expect(await call('deleteExperiment', { params: { id } })).toEqual({ deleted: id });
  });
});

describe('a spec that cannot be run', () => {
  it.each([
    [{ name: ' ' }, 'name', /give the experiment a name/],
    [{ devices: [] }, 'devices', /at least one device count/],
    [{ devices: [1, 5000] }, 'devices.1', /./],
    [{ colour: 'blue' }, 'colour', /is not known here/],
    [{ models: [{ name: 'schnet' }, { name: 'gpt' }] }, 'models.1.name', /there is no model "gpt"/],
    [{ models: [{ name: 'schnet', options: { cutof: 5 } }] }, 'models.0.options.cutof', /is not known here/],
    [{ dataset: { name: 'bundled', target: 'x' } }, 'dataset.target', /no target "x"/],
    [{ dataset: { name: 'bundled', options: { a: 1 } } }, 'dataset.options.a', /is not known here/],
    [
      { dataset: { name: 'bundled', limit: 1, split: { train: 0.1 } } },
      'dataset.split.train',
      /no molecule to train on/,
    ],
    [{ launcher: { name: 'slurm' } }, 'launcher.name', /no launcher "slurm"/],
  ])('%j is refused at its field and leaves nothing', async (change, field, sentence) => {
    const { ask, store } = await hub();
    for (const path of ['/api/experiments', '/api/plan']) {
      const { status, text } = await ask('POST', path, { ...someSpec(), ...change });
      expect(status).toBe(400);
      expect(told(text).fields![field]).toMatch(sentence);
    }
    expect(store.summaries()).toEqual([]);
  });

  it('whose data set is not here is refused at its field; its plan can be read, and says so', async () => {
    const { ask, store } = await hub();
    const spec = someSpec({ dataset: { name: 'qm9' } });
    const refused = await ask('POST', '/api/experiments', spec);
    expect(refused.status).toBe(400);
    expect(told(refused.text).fields!['dataset.name']).toMatch(/is not here/);
    expect(store.summaries()).toEqual([]);
    const planned = await ask('POST', '/api/plan', spec);
    expect(planned.status).toBe(200);
    expect(JSON.parse(planned.text).warnings).toEqual(
      expect.arrayContaining([expect.stringMatching(/is not here/)]),
    );
  });

  it('that lacks a backend of this machine is refused with the mend', async () => {
    vi.stubEnv('LITMATTER_WEBGPU', join(temporaryFolder(), 'none'));
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    const { ask, store } = await hub();
    const { status, text } = await ask('POST', '/api/experiments', someSpec({ backend: 'webgpu' }));
    expect(status).toBe(409);
    expect(told(text).message).toMatch(/"webgpu" is lacking/);
    expect(store.summaries()).toEqual([]);
  });
});

describe('a request', () => {
  it('that is not JSON, not ours, or too large is answered in words', async () => {
    const { ask } = await hub();
    expect(told((await ask('POST', '/api/experiments', '{"name":')).text).message).toMatch(/not JSON/);
    expect((await ask('POST', '/api/experiments', 'name: x', { 'content-type': 'text/yaml' })).status).toBe(
      400,
    );
    const large = await ask('POST', '/api/experiments', { ...someSpec(), name: 'x'.repeat(2 ** 20) });
    expect(large.status).toBe(400);
    expect(told(large.text).message).toMatch(/larger than is allowed here/);
    expect((await ask('PUT', '/api/experiments')).status).toBe(404);
    expect(told((await ask('POST', '/api/nothing')).text).message).toMatch(/no POST \/api\/nothing/);
  });

  it('for what is not there is 404, for what is not in its state 409', async () => {
    const { ask, store, launcher, call } = await hub();
    expect((await ask('GET', '/api/experiments/nothing')).status).toBe(404);
    expect((await ask('POST', '/api/runs/nothing.0/cancel')).status).toBe(404);
    expect((await ask('POST', '/api/datasets/bundled/download', {})).status).toBe(404);
    expect((await ask('POST', '/api/datasets/qm9/download', { subset: true })).status).toBe(409);
    const { id } = await call('createExperiment', { body: someSpec({ devices: [1] }) });
    await vi.waitFor(() => expect(launcher.alive).toHaveLength(1));
    expect((await ask('DELETE', `/api/experiments/${id}`)).status).toBe(409);
    expect((await ask('POST', `/api/runs/${id}.0/retry`)).status).toBe(409);
    store.append(`${id}.0`, 1, [started({ run: `${id}.0`, seq: 0 }), ended({ run: `${id}.0`, seq: 1 })]);
    expect(told((await ask('POST', `/api/runs/${id}.0/retry`)).text).message).toMatch(/has succeeded/);
    // To cancel what has ended is no error: the person's wish is fulfilled.
    expect((await ask('POST', `/api/runs/${id}.0/cancel`)).status).toBe(200);
  });

  it('with any id, query or body is refused or answered, never a fault, and reads no file', async () => {
    const { ask, store, call } = await hub();
    const { id } = await call('createExperiment', { body: someSpec({ devices: [1] }) });
    const before = store.summaries();
    const part = fc.oneof(
      fc.string(),
      fc.constantFrom(
        '..',
        '%2e%2e',
        '%252e%252e',
        '..%2f..%2fetc%2fpasswd',
        '%00',
        `${id}%00`,
        `${id}/../../token`,
        '*',
        '%',
      ),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('GET', 'POST', 'PATCH', 'DELETE'),
        fc.constantFrom('experiments', 'runs'),
        part,
        fc.constantFrom(
          '',
          '/log',
          '/weights',
          '/weights?epoch=last',
          '/events',
          '/export',
          '/export?format=csv',
          '/cancel',
          '/retry',
          '/events?after=-1',
          '/events?limit=x',
        ),
        fc.option(fc.jsonValue(), { nil: undefined }),
        async (method, kind, which, rest, body) => {
          fc.pre(!(which === '' && method === 'POST'));
          const path = `/api/${kind}/${which.includes('%') ? which : encodeURIComponent(which)}${rest}`;
          const { status, text } = await ask(
            method,
            path,
            method === 'GET' ? undefined : (body ?? undefined),
          );
          expect(status).toBeLessThan(500);
          if (status >= 400) expect(problem.safeParse(JSON.parse(text)).success).toBe(true);
          expect(text).not.toMatch(/root:.*:0:0:/);
        },
      ),
      { numRuns: 150 },
    );
    expect(store.summaries().map((one) => one.id)).toEqual(before.map((one) => one.id));
  });
});

describe('export', () => {
  it('is a CSV with a row an epoch, and a JSON with every event', async () => {
    const { ask, store, call, launcher } = await hub();
    const { id } = await call('createExperiment', { body: someSpec({ devices: [2], name: 'x' }) });
    const run = `${id}.0`;
    await vi.waitFor(() => expect(launcher.alive).toHaveLength(1));
    const events = [
      started({ run, seq: 0 }, 2),
      epoch({ run, seq: 1 }, 1, 2),
      epoch({ run, seq: 2 }, 2, 2, { trainLoss: null }),
    ];
    store.append(run, 1, events);
    const csv = await ask('GET', `/api/experiments/${id}/export?format=csv`);
    expect(csv.headers.get('content-disposition')).toBe(`attachment; filename="${id}.csv"`);
    const rows = parse(csv.text, { columns: true }) as Record<string, string>[];
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatchObject({
      run,
      devices: '2',
      epoch: '1',
      seconds: '1.25',
      global_batch: '64',
      train_loss: '1',
    });
    expect(rows[1]!.train_loss).toBe('');
    const json = JSON.parse((await ask('GET', `/api/experiments/${id}/export?format=json`)).text);
    expect(json.runs[0].events).toEqual(events);
    expect(json.spec.devices).toEqual([2]);
  });
});

describe("a run's log", () => {
  it('is the end of what its process wrote, and never a file outside its folder', async () => {
    const { call, dataFolder, token } = await hub();
    const { id } = await call('createExperiment', { body: someSpec({ devices: [1] }) });
    const run = `${id}.0`;
    const folder = attemptFolder(dataFolder, run, 1);
    mkdirSync(folder, { recursive: true });
    const lines = Array.from({ length: 5_000 }, (_, i) => `line ${i} of many`);
    writeFileSync(join(folder, 'rank.log'), `${lines.join('\n')}\n`);
    const { stderr, truncated } = await call('runLog', { params: { id: run } });
    expect(truncated).toBe(true);
    expect(stderr.endsWith('line 4999 of many\n')).toBe(true);
    expect(stderr.startsWith('line ')).toBe(true);

    const other = (await call('createExperiment', { body: someSpec({ devices: [1] }) })).id;
    await call('cancelExperiment', { params: { id } });
    mkdirSync(attemptFolder(dataFolder, `${other}.0`, 0), { recursive: true });
    symlinkSync(join(dataFolder, 'token'), join(attemptFolder(dataFolder, `${other}.0`, 0), 'rank.log'));
    expect((await call('runLog', { params: { id: `${other}.0` } })).stderr).not.toContain(token);
  });
});

describe("a run's weights", () => {
  it('are the best of its newest attempt that left any, or its last, and never a file outside its folder', async () => {
    const { ask, call, dataFolder, launcher, store } = await hub();
    const { id } = await call('createExperiment', { body: someSpec({ devices: [1] }) });
    const run = `${id}.0`;
    await vi.waitFor(() => expect(launcher.alive).toEqual([`${run}#1`]));
    const path = `/api/runs/${run}/weights`;
    const missing = await ask('GET', path);
    expect(missing.status).toBe(404);
    expect(told(missing.text).message).toMatch(/has left no weights/);

    const folder = attemptFolder(dataFolder, run, 1);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'weights.safetensors'), 'the best');
    symlinkSync(join(dataFolder, 'token'), join(folder, 'last.safetensors'));
    const best = await ask('GET', path);
    expect(best).toMatchObject({ status: 200, text: 'the best' });
    expect(best.headers.get('content-disposition')).toBe(`attachment; filename="${run}.best.safetensors"`);
    expect((await ask('GET', `${path}?epoch=last`)).status).toBe(404);
    expect((await ask('GET', `${path}?epoch=../../token`)).status).toBe(400);

    launcher.end(`${run}#1`, { code: 1 });
    await vi.waitFor(() => expect(store.run(run)!.state).toBe('failed'));
    await call('retryRun', { params: { id: run } });
    await vi.waitFor(() => expect(launcher.alive).toEqual([`${run}#2`]));
    expect((await ask('GET', path)).text).toBe('the best');
  });
});

it('the snapshot of an experiment is what its schema says, byte for byte', async () => {
  const { ask, call } = await hub();
  const { id } = await call('createExperiment', { body: someSpec() });
  const { text } = await ask('GET', `/api/experiments/${id}`);
  const value = JSON.parse(text);
  expect(experimentSnapshot.parse(value)).toEqual(value);
});
