import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExperimentSpecInput } from '@litmatter/protocol';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { attemptFolder } from '../../src/folders.ts';
import { rankProcess } from '../cluster/rank-process.ts';
import { type SimulatedSlurm, startSlurm } from '../cluster/simulated-slurm.ts';
import { freePort, type ServedHub, serve, spooled, until } from '../programs.ts';
import { someSpec, temporaryFolder } from '../support.ts';

/** The same paths as in ../cluster, once each, under the newer Slurm and Open MPI of Debian 13 (scripts/debian13.mjs). */

let slurm: SimulatedSlurm;

/** A hub whose runs have two ranks a node. */
async function servedHub(): Promise<{ hub: ServedHub; data: string }> {
  const folder = temporaryFolder();
  const config = join(folder, 'litmatter.config.ts');
  const site = { slurm: { gpus: true, directives: ['--ntasks-per-node=2'] } };
  writeFileSync(config, `export default ${JSON.stringify({ site })};\n`);
  const data = join(folder, 'data');
  const hub = await serve(data, await freePort(), '--config', config);
  // Its jobs end with the test.
  onTestFinished(async () => {
    slurm.ask('scancel', '--partition=main');
    await until(
      () => slurm.ask('squeue', '--noheader', '--format=%i'),
      (ids) => ids.trim() === '',
    );
  });
  return { hub, data };
}

const four = (change: Partial<ExperimentSpecInput>) =>
  someSpec({
    dataset: { name: 'bundled', limit: 60 },
    training: { epochs: 3, batchPerDevice: 4 },
    devices: [4],
    backend: 'wasm',
    launcher: { name: 'slurm' },
    ...change,
  });

const experiment = (hub: ServedHub, id: string) => hub.call('experiment', { params: { id } });

async function untilEpochs(hub: ServedHub, id: string, count = 2): Promise<void> {
  const told = await until(
    () => experiment(hub, id),
    ({ epochs, experiment: { state } }) => epochs.length >= count || state === 'failed',
  );
  expect(told.epochs.length, told.runs[0]!.reason ?? '').toBeGreaterThanOrEqual(count);
}

describe.skipIf(process.env.LITMATTER_DEBIAN13 === undefined)('Slurm 24.11 with Open MPI 5', () => {
  beforeAll(async () => {
    slurm = await startSlurm({ nodes: 3 });
    Object.assign(process.env, slurm.env);
  });
  afterAll(() => slurm?.stop());

  it('carries out an experiment of four ranks on two nodes, from the hub and back', async () => {
    const { hub, data } = await servedHub();
    const { id } = await hub.call('createExperiment', { body: four({}) });
    const end = await until(
      () => experiment(hub, id),
      ({ experiment: { runsEnded } }) => runsEnded === 1,
      120,
    );
    expect(end.runs[0]).toMatchObject({ state: 'succeeded', attempt: 1, reason: null });
    expect(end.epochs).toHaveLength(3);
    const [started] = spooled(data, `${id}.0`);
    expect(started).toMatchObject({
      type: 'started',
      collective: 'mpi',
      ranks: ['n1', 'n1', 'n2', 'n2'].map((host, rank) => ({ rank, host })),
    });
  });

  it('is read by the Cluster page: a run of ours, what waits and why, GPUs in use, a drained node', async () => {
    const { hub } = await servedHub();
    slurm.ask('scontrol', 'update', 'nodename=n3', 'state=drain', 'reason=a fan');
    onTestFinished(() => void slurm.ask('scontrol', 'update', 'nodename=n3', 'state=resume'));
    const { id } = await hub.call('createExperiment', {
      body: four({ training: { epochs: 10_000, batchPerDevice: 4 } }),
    });
    await untilEpochs(hub, id, 1);
    const hold = ['--nodes=2', '--exclusive', '--time=10', '--output=/dev/null', '--wrap=true'];
    const other = slurm.ask('sbatch', '--parsable', '--job-name=other', ...hold).trim();
    // Slurm tells of GPUs and of why a job waits at moments of their own; the hub looks every few seconds.
    const { batch } = await until(
      () => hub.call('cluster'),
      ({ batch: now }) =>
        now?.jobs.find((job) => job.id === other)?.reason?.includes('looked at') === false &&
        now.nodes.flatMap(({ gpus }) => gpus).reduce((sum, { used }) => sum + (used ?? 0), 0) === 4 &&
        now.nodes.find(({ name }) => name === 'n3')?.condition === 'drained',
      90,
    );
    expect(batch).toMatchObject({ version: expect.stringMatching(/^slurm 2[4-9]\./), problem: null });
    expect(batch!.nodes.map(({ name, condition, reason }) => [name, condition, reason?.text])).toEqual([
      ['n1', 'full', undefined],
      ['n2', 'full', undefined],
      ['n3', 'drained', 'a fan'],
    ]);
    const ours = batch!.jobs.find(({ name }) => name.startsWith('litmatter.'))!;
    expect(ours).toMatchObject({ mine: true, state: 'running', nodes: 'n[1-2]', gpus: 4 });
    expect(ours.runs).toMatchObject([{ id: `${id}.0` }]);
    expect(batch!.jobs.find((job) => job.id === other)).toMatchObject({
      state: 'pending',
      reason: expect.stringMatching(/node|higher priority/),
    });
  });

  it('has a rank that is killed told with rank, node and signal', async () => {
    const { hub, data } = await servedHub();
    const { id } = await hub.call('createExperiment', {
      body: four({ training: { epochs: 10_000, batchPerDevice: 4, maxRestarts: 0 } }),
    });
    await untilEpochs(hub, id);
    process.kill(rankProcess(join(attemptFolder(data, `${id}.0`, 1), 'job.json'), 2)!, 'SIGKILL');
    const { runs } = await until(
      () => experiment(hub, id),
      ({ experiment: { state } }) => state === 'failed',
    );
    expect(runs[0]!.reason).toMatch(/^rank 2 on n2 was killed \(signal 9\)/);
  });
});
