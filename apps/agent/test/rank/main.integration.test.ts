import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readWeights, resolveModel, weightsFrom } from '@litmatter/models';
import { type RunEvent, runSpec } from '@litmatter/protocol';
import { deserialiseState } from '@litmatter/training';
import { afterAll, describe, expect, it } from 'vitest';
import { exitCode, type RankJob } from '../../src/job.ts';
import { runAttempt } from '../../src/rank/attempt.ts';
import { readSpool } from '../../src/rank/spool.ts';
import { Stop } from '../../src/rank/stop.ts';
import { startHub, type TestHub } from './hub.ts';

const program = fileURLToPath(new URL('../../src/rank/main.ts', import.meta.url));
const configFile = fileURLToPath(new URL('./fixtures/litmatter.config.ts', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'litmatter-rank-'));
const tokenFile = join(root, 'token');
writeFileSync(tokenFile, 'secret\n');
const children: ChildProcess[] = [];
const hubs: TestHub[] = [];
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  for (const hub of hubs) await hub.close();
  rmSync(root, { recursive: true });
});

type Changes = {
  [K in 'model' | 'dataset' | 'training']?: Record<string, unknown>;
} & { devices?: number; backend?: string; launcher?: { name: string } };

let attempts = 0;
/** A job of three quick epochs on 60 molecules, changed as the test wants. */
function makeJob({ model, dataset, training, ...rest }: Changes = {}, job: Partial<RankJob> = {}): RankJob {
  const folder = join(root, String(++attempts));
  mkdirSync(folder);
  const spec = runSpec.parse({
    model: { name: 'schnet', preset: 'small', options: { hiddenChannels: 16, numFilters: 16 }, ...model },
    dataset: { name: 'bundled', limit: 60, ...dataset },
    training: { epochs: 3, batchPerDevice: 8, ...training },
    devices: 1,
    repeat: 0,
    launcher: {},
    backend: 'wasm',
    ...rest,
  });
  return {
    run: `run-${attempts}`,
    attempt: 1,
    spec,
    folder,
    dataFolder: join(root, 'data'),
    config: null,
    hub: null,
    ...job,
  };
}

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stderr: string;
}

function start(job: RankJob | string, write = true): { child: ChildProcess; ended: Promise<Ended> } {
  const path = typeof job === 'string' ? job : join(job.folder, 'job.json');
  if (write && typeof job !== 'string') writeFileSync(path, JSON.stringify(job));
  // Whatever this machine has installed, here there is no WebGPU.
  const env = { ...process.env, LITMATTER_WEBGPU: join(root, 'none') };
  const child = spawn(process.execPath, [program, '--job', path], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env,
  });
  children.push(child);
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, stderr }));
  });
  return { child, ended };
}

const spoolOf = (job: RankJob) => readSpool(join(job.folder, 'spool.jsonl'));
const typesOf = (events: readonly RunEvent[]) => events.map((event) => event.type);
const lastOf = (job: RankJob) => spoolOf(job).at(-1);
const bytesOf = (job: RankJob, file: string) => readFileSync(join(job.folder, file));

/** Wait until the spool holds so many epochs. */
async function epochs(job: RankJob, count: number): Promise<void> {
  const path = join(job.folder, 'spool.jsonl');
  for (;;) {
    if (existsSync(path) && readSpool(path).filter((event) => event.type === 'epoch').length >= count) return;
    await new Promise((wake) => setTimeout(wake, 20));
  }
}

async function hub(stored: Map<string, RunEvent>, options: Parameters<typeof startHub>[1] = {}) {
  const started = await startHub(stored, options);
  hubs.push(started);
  return started;
}
const inOrder = (stored: Map<string, RunEvent>) => [...stored.values()].sort((a, b) => a.seq - b.seq);

describe('the rank program', () => {
  it('trains, reports every event to the hub once, and leaves the parameters', async () => {
    const stored = new Map<string, RunEvent>();
    const { url } = await hub(stored);
    const job = makeJob({ devices: 2 }, { hub: { url, tokenFile } });
    expect(await start(job).ended).toMatchObject({ code: exitCode.done });
    expect(typesOf(spoolOf(job))).toEqual(['started', 'epoch', 'epoch', 'epoch', 'ended']);
    expect(inOrder(stored)).toEqual(spoolOf(job));
    expect(spoolOf(job)[0]).toMatchObject({
      devices: 2,
      collective: 'threads',
      trainSamples: 48,
      validationSamples: 6,
      stepsPerEpoch: 3,
      oversubscribed: availableParallelism() < 2,
      ranks: [{ backend: 'wasm' }, { backend: 'wasm' }],
    });
    expect(lastOf(job)).toMatchObject({ state: 'succeeded', testMae: expect.any(Number) });

    const state = deserialiseState(bytesOf(job, 'state.bin'), 'state.bin');
    const { model } = resolveModel(job.spec.model);
    for (const [file, kept] of [
      ['weights.safetensors', state.best!],
      ['last.safetensors', state],
    ] as const) {
      const weights = readWeights(bytesOf(job, file), file);
      expect(weightsFrom(weights, model).parameters).toEqual(kept.parameters);
      expect(weights.card).toMatchObject({
        run: job.run,
        epoch: kept.epoch,
        model: { name: 'schnet', options: { hiddenChannels: 16, cutoff: 10 } },
        dataset: { name: 'bundled', limit: 60 },
        target: { name: 'dipole', unit: 'D', ...state.normalisation },
      });
    }
    const errors = spoolOf(job).flatMap((event) => (event.type === 'epoch' ? [event.validationMae] : []));
    expect(readWeights(bytesOf(job, 'weights.safetensors'), 'best').card?.validationMae).toBe(
      Math.min(...errors.map(Number)),
    );
  });

  it('gives the same parameters and the same records when run again', async () => {
    const run = async () => {
      const job = makeJob({ devices: 2 });
      expect(await start(job).ended).toMatchObject({ code: 0 });
      const numbers = spoolOf(job).map((e) => e.type === 'epoch' && [e.trainLoss, e.validationMae]);
      return { numbers, state: bytesOf(job, 'state.bin') };
    };
    expect(await run()).toEqual(await run());
  });

  it('marks more ranks than cores', async () => {
    const job = makeJob({ devices: availableParallelism() + 1, training: { epochs: 1 } });
    expect(await start(job).ended).toMatchObject({ code: 0 });
    expect(spoolOf(job)[0]).toMatchObject({ type: 'started', oversubscribed: true });
  });

  it('loses and doubles nothing when the hub goes away in the middle and comes back', async () => {
    const stored = new Map<string, RunEvent>();
    const first = await hub(stored);
    const job = makeJob(
      { training: { epochs: 12 }, dataset: { limit: 300 } },
      { hub: { url: first.url, tokenFile } },
    );
    const { ended } = start(job);
    await epochs(job, 2);
    await first.close();
    await epochs(job, 5);
    await hub(stored, { port: first.port });
    expect(await ended).toMatchObject({ code: 0 });
    expect(inOrder(stored)).toEqual(spoolOf(job));
  });

  it('stops at the next step when the hub cancels, and says so', async () => {
    const stored = new Map<string, RunEvent>();
    const { url, server } = await hub(stored);
    const job = makeJob({ training: { epochs: 10_000 }, devices: 2 }, { hub: { url, tokenFile } });
    const { ended } = start(job);
    await epochs(job, 2);
    server.of('/ranks').emit('cancel');
    expect(await ended).toMatchObject({ code: exitCode.interrupted });
    expect(lastOf(job)).toMatchObject({ type: 'ended', state: 'cancelled', reason: 'Cancelled.' });
    expect(inOrder(stored)).toEqual(spoolOf(job));
  });

  it('stops at SIGTERM with its state as of the last whole epoch', async () => {
    const job = makeJob({ training: { epochs: 10_000 } });
    const { child, ended } = start(job);
    await epochs(job, 2);
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: exitCode.interrupted });
    expect(lastOf(job)).toMatchObject({
      state: 'interrupted',
      reason: 'Stopped by SIGTERM.',
      resumable: true,
    });
    const done = spoolOf(job).filter((event) => event.type === 'epoch').length;
    expect(deserialiseState(bytesOf(job, 'state.bin'), 'state.bin').epoch).toBe(done);
  });

  it('leaves every event it ever sent in the spool when it is killed', async () => {
    const stored = new Map<string, RunEvent>();
    const { url } = await hub(stored);
    const job = makeJob({ training: { epochs: 10_000 } }, { hub: { url, tokenFile } });
    const { child, ended } = start(job);
    await epochs(job, 4);
    child.kill('SIGKILL');
    expect(await ended).toMatchObject({ signal: 'SIGKILL' });
    const spooled = spoolOf(job);
    expect(spooled.length).toBeGreaterThanOrEqual(5);
    expect(inOrder(stored)).toEqual(spooled.slice(0, stored.size));
  });

  it('is launched once: a second launch into the same folder is refused and changes nothing', async () => {
    const job = makeJob({ training: { epochs: 1 } });
    await start(job).ended;
    const before = bytesOf(job, 'spool.jsonl');
    const again = await start(job).ended;
    expect(again).toMatchObject({ code: exitCode.badInput });
    expect(again.stderr).toContain('holds 3 events already: an attempt is launched once.');
    expect(bytesOf(job, 'spool.jsonl')).toEqual(before);
  });

  it("trains on a data set of a config file's own", async () => {
    const job = makeJob(
      { dataset: { name: 'chains', options: { length: 5 } }, training: { epochs: 2 } },
      { config: configFile },
    );
    expect(await start(job).ended).toMatchObject({ code: 0 });
    const weights = readWeights(bytesOf(job, 'weights.safetensors'), 'weights');
    expect(weights.card).toMatchObject({
      dataset: { name: 'chains', options: { length: 5 } },
      target: { name: 'atoms', unit: '' },
    });
  });
});

describe('bad input to the rank program', () => {
  it.each<[string, Changes, number, RegExp]>([
    [
      'an unknown model',
      { model: { name: 'nobody' } },
      exitCode.badInput,
      /no model "nobody"; there are: schnet/,
    ],
    ['an unknown option', { model: { options: { depth: 3 } } }, exitCode.badInput, /options\.depth/],
    ['an unknown data set', { dataset: { name: 'moon' } }, exitCode.badInput, /no data set "moon"/],
    ['an unknown target', { dataset: { target: 'taste' } }, exitCode.badInput, /has no target "taste"/],
    ['a backend that is not there', { backend: 'webgpu' }, exitCode.lacking, /"webgpu" is lacking/],
    [
      'a launcher that has not started it',
      { launcher: { name: 'slurm' } },
      exitCode.lacking,
      /neither mpirun nor srun/,
    ],
  ])('%s ends the run with a sentence and an exit code', async (_, changes, code, sentence) => {
    const job = makeJob(changes);
    expect(await start(job).ended).toMatchObject({ code });
    expect(typesOf(spoolOf(job))).toEqual(['ended']);
    expect(lastOf(job)).toMatchObject({ state: 'failed', reason: expect.stringMatching(sentence) });
    expect(existsSync(join(job.folder, 'weights.safetensors'))).toBe(false);
  });

  it('a job file that is not one is refused with a sentence', async () => {
    const path = join(root, 'broken.json');
    expect((await start(path).ended).stderr).toContain(`The job file ${path} cannot be read`);
    writeFileSync(path, '{"run": "../../x"}');
    const { code, stderr } = await start(path).ended;
    expect(code).toBe(exitCode.badInput);
    expect(stderr).toMatch(/broken\.json: run: must be 1 to 64 characters.*attempt: is missing/);
  });
});

describe('an attempt whose hub is never there', () => {
  it('trains to its end all the same, and leaves its events in the spool', async () => {
    const job = makeJob({ training: { epochs: 2 } }, { hub: { url: 'http://127.0.0.1:9/', tokenFile } });
    const said: string[] = [];
    const options = { stop: new Stop(), log: (line: string) => said.push(line), deliverySeconds: 0.2 };
    expect(await runAttempt(job, options)).toBe(exitCode.done);
    expect(typesOf(spoolOf(job))).toEqual(['started', 'epoch', 'epoch', 'ended']);
    expect(said.filter((line) => line.startsWith('The hub cannot be reached'))).toHaveLength(1);
    expect(said.at(-1)).toBe('The hub is away: it will find the rest of the events in the spool.');
  });

  it('does not start training where it was told to stop while it loaded its data', async () => {
    const job = makeJob();
    const stop = new Stop();
    stop.request('Stopped by SIGTERM.', 'interrupted');
    expect(await runAttempt(job, { stop, log: () => {} })).toBe(exitCode.interrupted);
    expect(typesOf(spoolOf(job))).toEqual(['ended']);
    expect(lastOf(job)).toMatchObject({ state: 'interrupted', reason: 'Stopped by SIGTERM.' });
  });
});
