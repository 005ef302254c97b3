import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { siteConfig } from '@litmatter/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { exitCode, type RankJob } from '../../src/job.ts';
import type { Launched } from '../../src/launchers/launcher.ts';
import { localLauncher } from '../../src/launchers/local.ts';
import { allocationName, allocationOf, Turns } from '../../src/launchers/slurm/allocation.ts';
import { slurmLauncher } from '../../src/launchers/slurm/slurm.ts';
import { until } from '../programs.ts';
import { temporaryFolder } from '../support.ts';
import {
  endOf,
  epochsOf,
  jobFile,
  largestDifference,
  logOf,
  makeJob as makeAnyJob,
  sentenceOf,
  spoolOf,
  stateOf,
  untilEpochs,
  type Wanted,
} from './jobs.ts';
import { rankProcess } from './rank-process.ts';
import { lacksSlurm, type SimulatedSlurm, startSlurm } from './simulated-slurm.ts';

const site = siteConfig.parse({ slurm: { gpus: true, directives: ['--ntasks-per-node=1'] } }).slurm;
const launcher = slurmLauncher({ site, pollSeconds: 0.5 });

const makeJob = (wanted: Omit<Wanted, 'launcher'> & Partial<Wanted>) =>
  makeAnyJob({ launcher: { name: 'slurm' }, ...wanted });

let slurm: SimulatedSlurm;

const jobName = (job: RankJob) => allocationName(allocationOf(job), 1);

/** The names of jobs that Slurm holds and that have not ended. */
const waiting = () => slurm.ask('squeue', '--noheader', '--format=%j').split('\n').filter(Boolean);

async function launch(job: RankJob, by = launcher): Promise<Launched> {
  const launched = await by.launch(job);
  onTestFinished(() => void slurm.ask('scancel', '--quiet', launched.reference.split(' ')[0]!));
  return launched;
}

/** Until the nodes are free again: a killed job's take a moment. */
const untilIdle = () =>
  until(
    () => slurm.ask('sinfo', '--noheader', '--Node', '--partition=main', '--format=%N %t'),
    (text) => slurm.nodes.every((node) => text.includes(`${node} idle`)),
    60,
  );

describe.skipIf(lacksSlurm() !== undefined)('ranks under Slurm', () => {
  beforeAll(async () => {
    slurm = await startSlurm();
    Object.assign(process.env, slurm.env);
  });
  beforeEach(() => slurm.revive());
  afterAll(() => slurm?.stop());

  it('four on four nodes end ten steps with the parameters of one rank with four times the batch', async () => {
    const one = makeJob({ devices: 1, epochs: 2, batch: 16, launcher: { name: 'local' } });
    await (await localLauncher().launch(one)).ended;
    const job = makeJob({ devices: 4, epochs: 2, batch: 4 });
    const { ended } = await launch(job);
    expect(await ended, logOf(job)).toMatchObject({ code: 0 });
    expect(stateOf(job).adam.step).toBe(10);
    expect(largestDifference(stateOf(job).parameters, stateOf(one).parameters)).toBeLessThan(1e-5);
    expect(spoolOf(job)[0]).toMatchObject({
      type: 'started',
      collective: 'mpi',
      ranks: slurm.nodes.map((host, rank) => ({ rank, host })),
    });
    expect(existsSync('pwned') || existsSync(join(job.folder, 'pwned'))).toBe(false);
  });

  it('have a cluster that is described as it is: what runs, what waits and why, what is drained', async () => {
    await untilIdle();
    const sbatch = (...words: string[]) =>
      slurm.ask('sbatch', '--parsable', '--output=/dev/null', ...words, '--wrap=sleep 600').trim();
    slurm.ask('scontrol', 'update', 'nodename=n4', 'state=drain', 'reason=a fan');
    const first = sbatch('--job-name=first', '--nodes=2', '--ntasks=2', '--gpus-per-task=1');
    const second = sbatch('--job-name=second', '--nodes=4');
    onTestFinished(() => {
      slurm.ask('scancel', first, second);
      slurm.ask('scontrol', 'update', 'nodename=n4', 'state=resume');
    });
    // Slurm tells of a job's start, of its nodes' GPUs and of why another waits at moments of their own.
    const read = await until(
      () => launcher.describe!(),
      (now) =>
        now?.jobs.find(({ id }) => id === first)?.state === 'running' &&
        now.nodes.flatMap(({ gpus }) => gpus).reduce((sum, { used }) => sum + (used ?? 0), 0) === 2 &&
        now.nodes.find(({ name }) => name === 'n4')?.condition === 'drained' &&
        /node|higher priority/.test(now.jobs.find(({ id }) => id === second)?.reason ?? ''),
      60,
    );
    expect(read).toMatchObject({ version: expect.stringMatching(/^slurm \d+\.\d+/), problem: null });
    const gpus = read!.nodes.map(({ gpus }) =>
      gpus.map(({ type, total, used }) => `${used}/${total} ${type}`),
    );
    expect(gpus.flat().sort()).toEqual(['0/2 v100', '0/2 v100', '1/2 v100', '1/2 v100']);
    expect(read!.nodes.find(({ name }) => name === 'n4')).toMatchObject({
      condition: 'drained',
      reason: { text: 'a fan' },
    });
    expect(read!.partitions.map(({ name, standard, waiting }) => [name, standard, waiting])).toEqual([
      ['main', true, 1],
      ['urgent', false, 0],
    ]);
    expect(read!.jobs.find(({ id }) => id === first)).toMatchObject({ mine: true, nodeCount: 2, gpus: 2 });
    expect(read!.jobs.find(({ id }) => id === second)).toMatchObject({
      state: 'pending',
      reason: expect.stringMatching(/node|higher priority/),
    });
  });

  it.each([
    ['killed', 'SIGKILL', /^failed: rank 2 on n3 was killed \(signal 9\)/],
    ['stopped', 'SIGSTOP', /^failed: rank 2 on n3 did not answer for 5 s/],
  ] as const)(
    'one of four %s ends the attempt within 10 s, and it is said which',
    async (_, signal, sentence) => {
      await untilIdle();
      const job = makeJob({ devices: 4, epochs: 10_000, limit: 60 });
      const { ended } = await launch(job);
      await untilEpochs(job, 2);
      process.kill(rankProcess(jobFile(job), 2)!, signal);
      const began = Date.now();
      // Slurm with PMIx 5 may kill rank 0 before it has written an end.
      const said = until(
        () => endOf(job),
        (told) => told !== undefined,
        10,
      );
      await Promise.any([said, ended]);
      const end = await ended;
      expect(Date.now() - began).toBeLessThan(15_000);
      expect(sentenceOf(job, end)).toMatch(sentence);
    },
  );

  it('stop at the same step when they are cancelled, and save', async () => {
    await untilIdle();
    const job = makeJob({ devices: 2, epochs: 10_000, limit: 60 });
    const launched = await launch(job);
    await untilEpochs(job, 2);
    await launched.cancel();
    expect(await launched.ended).toMatchObject({ code: exitCode.interrupted });
    expect(endOf(job)).toMatchObject({ state: 'cancelled', reason: 'Cancelled.' });
    expect(stateOf(job).epoch).toBe(epochsOf(job).length);
  });

  it('that wait in the queue are cancelled there', async () => {
    await untilIdle();
    const [first, second] = [makeJob({ devices: 4, epochs: 10_000 }), makeJob({ devices: 3, epochs: 1 })];
    const exclusive = slurmLauncher({
      site: { ...site, directives: [...site.directives, '--exclusive'] },
      pollSeconds: 0.5,
    });
    const running = await launch(first, exclusive);
    const queued = await launch(second, exclusive);
    await until(waiting, (names) => names.length === 2);
    await queued.cancel();
    expect(waiting()).toEqual([jobName(first)]);
    expect((await queued.ended).cause).toBe('Cancelled before it began.');
    await running.cancel(1);
  });

  it('are one job, found by its name, where sbatch gave no answer in time', async () => {
    await untilIdle();
    const bin = temporaryFolder();
    const real = slurm.ask('sh', '-c', 'command -v sbatch').trim();
    writeFileSync(join(bin, 'sbatch'), `#!/bin/sh\n${real} "$@" > /dev/null\nexec sleep 60\n`);
    chmodSync(join(bin, 'sbatch'), 0o755);
    const before = process.env.PATH;
    onTestFinished(() => {
      process.env.PATH = before;
    });
    process.env.PATH = `${bin}${delimiter}${before}`;
    const job = makeJob({ devices: 2, epochs: 10_000, limit: 60 });
    const launched = await launch(job, slurmLauncher({ site, pollSeconds: 0.5, answerSeconds: 3 }));
    expect(waiting()).toEqual([jobName(job)]);
    // Another hub, or the same again: nothing is started twice.
    expect((await launcher.launch(job)).reference).toBe(launched.reference);
    expect((await launcher.adopt(job, null))?.reference).toBe(launched.reference);
    expect(waiting()).toHaveLength(1);
    await launched.cancel(1);
  });

  it('are found again after their end, with how it came', async () => {
    await untilIdle();
    const job = makeJob({ devices: 2, epochs: 10_000, limit: 60 });
    const { reference, ended } = await launch(job);
    await untilEpochs(job, 1);
    process.kill(rankProcess(jobFile(job), 1)!, 'SIGKILL');
    await ended;
    const later = await launcher.adopt(job, reference);
    expect((await later!.ended).cause).toMatch(/^rank 1 on n2 was killed \(signal 9\)/);
    const other = makeJob({ devices: 1, epochs: 1 });
    expect(await launcher.adopt(other, reference)).toBeUndefined();
  });

  it('that srun and MPI do not pair say so, in place of each training alone', async () => {
    await untilIdle();
    const job = makeJob({ devices: 2, epochs: 1 });
    const { ended } = await launch(job, slurmLauncher({ site: { ...site, mpi: 'none' }, pollSeconds: 0.5 }));
    // Open MPI 4 says so itself; 5 makes each rank a world of its own, and it is we who notice.
    expect(sentenceOf(job, await ended)).toMatch(
      /^failed: (?:Open MPI does not understand how srun started it: set site\.slurm\.mpi to "pmix"|srun .*started 2 ranks, but Open MPI \(.*\) sees rank 0 of 1: .* Open MPI needs "srun --mpi=pmix")/,
    );
  });

  it('save and stop when a job that goes before takes their nodes', async () => {
    await untilIdle();
    const job = makeJob({ devices: 4, epochs: 10_000, limit: 60 });
    const launched = await launch(job);
    await untilEpochs(job, 2);
    slurm.ask(
      'sbatch',
      '--partition=urgent',
      '--nodes=4',
      '--exclusive',
      '--output=/dev/null',
      '--wrap=sleep 1',
    );
    await launched.ended;
    expect(endOf(job)).toMatchObject({
      state: 'interrupted',
      resumable: true,
      reason: 'Stopped by SIGTERM.',
    });
    expect(stateOf(job).epoch).toBe(epochsOf(job).length);
  });

  it('are refused in the words of Slurm where it does not take the job', async () => {
    const job = makeJob({ devices: 1, epochs: 1, launcher: { name: 'slurm', partition: 'nowhere' } });
    await expect(launcher.launch(job)).rejects.toThrow(/invalid partition/i);
  });

  it('are not started, and nothing waits for ever, where Slurm does not answer', async () => {
    const before = process.env.SLURM_CONF;
    onTestFinished(() => {
      process.env.SLURM_CONF = before;
    });
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'x'));
    writeFileSync(
      join(folder, 'slurm.conf'),
      'ClusterName=none\nSlurmctldHost=localhost(127.0.0.1)\nSlurmctldPort=9\nMessageTimeout=2\nSelectType=select/cons_tres\nGresTypes=gpu\nNodeName=n1\nPartitionName=main Nodes=n1\n',
    );
    process.env.SLURM_CONF = join(folder, 'slurm.conf');
    const quick = slurmLauncher({ site, answerSeconds: 2, searchSeconds: 1 });
    const job = makeJob({ devices: 1, epochs: 1 });
    await expect(quick.launch(job)).rejects.toThrow(/no answer/);
    // Not knowing is not failing: what an earlier hub has launched is waited for.
    const earlier = makeJob({ devices: 1, epochs: 1 });
    new Turns(allocationOf(earlier)).add(earlier);
    const found = await quick.adopt(earlier, '1 00001.1');
    const told = await Promise.race([found!.ended, sleep(6_000, 'nothing')]);
    expect(told).toBe('nothing');
    await expect(found!.cancel(1)).rejects.toThrow(/no answer/);
    expect(await quick.probe()).toMatchObject({ available: false });
  });
});
