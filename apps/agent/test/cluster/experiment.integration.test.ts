import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ExperimentSpecInput, plan, type RunEvent } from '@litmatter/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { allocationFolder, attemptFolder } from '../../src/folders.ts';
import { freePort, litmatter, type ServedHub, serve, spooled, until } from '../programs.ts';
import { someSpec, temporaryFolder } from '../support.ts';
import { rankProcess } from './rank-process.ts';
import { lacksSlurm, type SimulatedSlurm, startSlurm } from './simulated-slurm.ts';

/** From the command line and the hub to Slurm and back. */

let slurm: SimulatedSlurm;

/** A folder with a site's config: one rank a node, so that the nodes are used. */
function siteFolder(): { folder: string; config: string } {
  const folder = temporaryFolder();
  const config = join(folder, 'litmatter.config.ts');
  writeFileSync(
    config,
    `export default { site: { slurm: { gpus: true, directives: ['--ntasks-per-node=1'] } } };\n`,
  );
  return { folder, config };
}

const spec = (change: Partial<ExperimentSpecInput>) =>
  someSpec({
    dataset: { name: 'bundled', limit: 60 },
    training: { epochs: 3, batchPerDevice: 8 },
    backend: 'wasm',
    launcher: { name: 'slurm' },
    ...change,
  });

const jobsHeld = () => slurm.ask('squeue', '--noheader', '--format=%j').split('\n').filter(Boolean);

const epochsOf = async (hub: ServedHub, id: string) =>
  (await hub.call('experiment', { params: { id } })).epochs;

describe.skipIf(lacksSlurm() !== undefined)('an experiment under Slurm', () => {
  beforeAll(async () => {
    slurm = await startSlurm();
    Object.assign(process.env, slurm.env);
  });
  beforeEach(() => slurm.revive());
  afterAll(() => slurm?.stop());

  it('runs from the command line at 1, 2 and 4 devices, several of them at once', async () => {
    const { folder, config } = siteFolder();
    const file = join(folder, 'spec.json');
    writeFileSync(file, JSON.stringify(spec({ launcher: { name: 'local' } })));
    const words = [
      '--launcher',
      'slurm',
      '--devices',
      '1,2,4',
      '--config',
      config,
      '--out',
      join(folder, 'out'),
    ];
    const { code, stdout, stderr } = await litmatter(['run', file, '--json', ...words]).finished;
    expect(code, stderr).toBe(0);
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as RunEvent | { type: 'result' });
    const started = events.filter((event) => event.type === 'started');
    expect(started.map(({ devices }) => devices).sort()).toEqual([1, 2, 4]);
    expect(started.find(({ devices }) => devices === 4)!.ranks.map(({ host }) => host)).toEqual(slurm.nodes);
    expect(events.filter((event) => event.type === 'epoch')).toHaveLength(9);
    expect(events.at(-1)).toMatchObject({ type: 'result', runs: [{}, {}, {}] });
    await until(jobsHeld, (names) => names.length === 0);
  });

  it('can be read as batch scripts before anything is sent', async () => {
    const { folder, config } = siteFolder();
    const file = join(folder, 'spec.json');
    writeFileSync(file, JSON.stringify(spec({ devices: [1, 4] })));
    const words = ['--json', '--config', config, '--data', join(folder, 'data')];
    const { code, stdout, stderr } = await litmatter(['plan', file, ...words]).finished;
    expect(code, stderr).toBe(0);
    const { scripts } = plan.parse(JSON.parse(stdout));
    expect(scripts!.map(({ devices }) => devices)).toEqual([1, 4]);
    expect(scripts![1]!.text).toMatch(/^#SBATCH --ntasks=4\n#SBATCH --gpus-per-task=1$/m);
    expect(scripts![1]!.text).toMatch(/^#SBATCH --ntasks-per-node=1$/m);
    expect(jobsHeld()).toEqual([]);
  });

  it('goes on while its hub is dead, and the next hub finds the job and loses nothing', async () => {
    const { folder, config } = siteFolder();
    const data = join(folder, 'data');
    const port = await freePort();
    const first = await serve(data, port, '--config', config);
    const { id } = await first.call('createExperiment', {
      body: spec({ devices: [2], training: { epochs: 4000, batchPerDevice: 8 } }),
    });
    await until(
      () => epochsOf(first, id),
      (epochs) => epochs.length >= 2,
    );
    expect(jobsHeld()).toHaveLength(1);
    first.child.kill('SIGKILL');
    await first.finished;
    const second = await serve(data, port, '--config', config);
    const told = (await epochsOf(second, id)).length;
    await until(
      () => epochsOf(second, id),
      (epochs) => epochs.length > told,
    );
    expect(jobsHeld()).toHaveLength(1);
    await second.call('cancelExperiment', { params: { id } });
    const end = await until(
      () => second.call('experiment', { params: { id } }),
      ({ experiment }) => experiment.state === 'cancelled' || experiment.state === 'succeeded',
    );
    await until(jobsHeld, (names) => names.length === 0);
    expect(end.runs[0]).toMatchObject({ attempt: 1 });
    const run = `${id}.0`;
    const { events } = await second.call('runEvents', { params: { id: run }, query: { limit: '5000' } });
    expect(events).toEqual(spooled(data, run));
    second.child.kill('SIGTERM');
    await second.finished;
  });

  it('whose runs share an allocation is one job: a cancelled run and a failed one make way, and a dead hub does not matter', async () => {
    const { folder, config } = siteFolder();
    const data = join(folder, 'data');
    const port = await freePort();
    const first = await serve(data, port, '--config', config);
    const { id } = await first.call('createExperiment', {
      body: spec({
        devices: [1, 2, 4],
        training: { epochs: 10_000, batchPerDevice: 8, maxRestarts: 0 },
        launcher: { name: 'slurm', runsAs: 'steps' },
      }),
    });
    const epochsOfRun = (hub: ServedHub, index: number) => async () =>
      (await epochsOf(hub, id)).filter(({ run }) => run === `${id}.${index}`).length;
    await until(epochsOfRun(first, 0), (epochs) => epochs >= 2);
    expect(jobsHeld()).toHaveLength(1);
    first.child.kill('SIGKILL');
    await first.finished;
    const second = await serve(data, port, '--config', config);
    const told = await epochsOfRun(second, 0)();
    await until(epochsOfRun(second, 0), (epochs) => epochs > told);
    await second.call('cancelRun', { params: { id: `${id}.0` } });
    await until(epochsOfRun(second, 1), (epochs) => epochs >= 1);
    const jobFile = join(attemptFolder(data, `${id}.1`, 1), 'job.json');
    process.kill(rankProcess(jobFile, 1)!, 'SIGKILL');
    await until(epochsOfRun(second, 2), (epochs) => epochs >= 1);
    expect(jobsHeld()).toHaveLength(1);
    await second.call('cancelExperiment', { params: { id } });
    const { runs } = await until(
      () => second.call('experiment', { params: { id } }),
      ({ experiment }) => experiment.runsEnded === 3,
    );
    expect(runs.map(({ state, attempt }) => [state, attempt])).toEqual([
      ['cancelled', 1],
      ['failed', 1],
      ['cancelled', 1],
    ]);
    expect(runs[1]!.reason).toMatch(/^rank 1 on n\d was killed/);
    await until(jobsHeld, (names) => names.length === 0);
    const turns = readdirSync(allocationFolder(data, id));
    expect(turns.filter((name) => name.endsWith('.sbatch'))).toEqual(['1.sbatch']);
    second.child.kill('SIGTERM');
    await second.finished;
  });

  it('runs from its printed script with no hub, and leaves a result that can be exported', async () => {
    const { folder, config } = siteFolder();
    const file = join(folder, 'spec.json');
    writeFileSync(file, JSON.stringify(spec({ devices: [1, 2], launcher: { name: 'local' } })));
    const words = ['--sbatch', '--config', config, '--data', join(folder, 'data')];
    const printed = await litmatter(['plan', file, ...words]).finished;
    expect(printed.code, printed.stderr).toBe(0);
    const script = join(folder, 'job.sh');
    writeFileSync(script, printed.stdout);
    const job = slurm.ask('sbatch', '--parsable', `--chdir=${folder}`, script).trim();
    await until(jobsHeld, (names) => names.length === 0, 120);
    const out = join(folder, `litmatter-${job}`);
    const log = readFileSync(`${out}.log`, 'utf8');
    const result = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8'));
    expect(result.runs, log).toMatchObject([
      { devices: 1, state: 'succeeded', epochs: 3 },
      { devices: 2, state: 'succeeded', epochs: 3 },
    ]);
    const csv = await litmatter(['export', result.experiment.id, '--format', 'csv', '--data', out]).finished;
    expect(csv.stdout.trim().split('\n')).toHaveLength(7);
  });

  it('that loses a node fails within 10 s, with the rank and the node in words', async () => {
    const { folder, config } = siteFolder();
    const hub = await serve(join(folder, 'data'), await freePort(), '--config', config);
    const { id } = await hub.call('createExperiment', {
      body: spec({ devices: [4], training: { epochs: 10_000, batchPerDevice: 8, maxRestarts: 0 } }),
    });
    await until(
      () => epochsOf(hub, id),
      (epochs) => epochs.length >= 2,
    );
    slurm.killNode('n2');
    const { runs } = await until(
      () => hub.call('experiment', { params: { id } }),
      ({ experiment }) => experiment.state === 'failed',
      10,
    );
    expect(runs[0]!.reason).toMatch(/^rank 1 on n2 /);
    hub.child.kill('SIGTERM');
    await hub.finished;
  });
});
