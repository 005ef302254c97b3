import { existsSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { siteConfig } from '@litmatter/protocol';
import { describe, expect, it } from 'vitest';
import { exitCode, type RankJob } from '../../src/job.ts';
import type { Launched } from '../../src/launchers/launcher.ts';
import { localLauncher } from '../../src/launchers/local.ts';
import { mpirunLauncher } from '../../src/launchers/mpirun.ts';
import { findAllByArgument } from '../../src/launchers/processes.ts';
import { temporaryFolder } from '../support.ts';
import {
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
import { hasMpirun, rankProcess } from './rank-process.ts';

const launcher = mpirunLauncher({ site: siteConfig.parse({}).mpirun });

const makeJob = (wanted: Omit<Wanted, 'launcher'> & Partial<Wanted>) =>
  makeAnyJob({ launcher: { name: 'mpirun' }, ...wanted });

async function run(job: RankJob, by = launcher): Promise<Launched> {
  const launched = await by.launch(job);
  expect(await launched.ended, logOf(job)).toMatchObject({ code: 0 });
  return launched;
}

describe.skipIf(!hasMpirun)('ranks under mpirun', () => {
  it('k = 2 and 4 with batch b end ten steps with the parameters of one rank with batch k b', async () => {
    // 76 samples: five steps an epoch, the last a part.
    const one = makeJob({ devices: 1, epochs: 2, batch: 16, launcher: { name: 'local' } });
    await run(one, localLauncher());
    expect(stateOf(one).adam.step).toBe(10);
    for (const devices of [2, 4]) {
      const job = makeJob({ devices, epochs: 2, batch: 16 / devices });
      await run(job);
      expect(largestDifference(stateOf(job).parameters, stateOf(one).parameters)).toBeLessThan(1e-5);
      const [start] = spoolOf(job);
      expect(start).toMatchObject({ type: 'started', collective: 'mpi', devices });
      expect(start!.type === 'started' && start!.ranks.map(({ rank, host }) => [rank, host])).toEqual(
        Array.from({ length: devices }, (_, rank) => [rank, hostname()]),
      );
      for (const epoch of epochsOf(job)) {
        expect(epoch.ranks.map(({ rank }) => rank)).toEqual(
          Array.from({ length: devices }, (_, rank) => rank),
        );
        expect(epoch.ranks.every(({ compute }) => compute > 0)).toBe(true);
      }
      expect(existsSync('pwned')).toBe(false);
    }
  });

  it('give the same bytes when run again', async () => {
    const [first, second] = [makeJob({ devices: 2, epochs: 2 }), makeJob({ devices: 2, epochs: 2 })];
    await run(first);
    await run(second);
    expect(stateOf(second).parameters).toEqual(stateOf(first).parameters);
  });

  it.each([
    ['killed', 'SIGKILL', /^failed: rank 2 on \S+ was killed \(signal 9\)/],
    ['stopped', 'SIGSTOP', /^failed: rank 2 on \S+ did not answer for 5 s/],
    ['killed, the first of them', 'SIGKILL', /^failed: rank 0 on \S+ was killed \(signal 9\)/],
  ] as const)(
    'one of four %s ends the attempt within 10 s, and it is said which',
    async (what, signal, sentence) => {
      const job = makeJob({ devices: 4, epochs: 10_000, limit: 60 });
      const { ended } = await launcher.launch(job);
      await untilEpochs(job, 2);
      const victim = rankProcess(jobFile(job), what.endsWith('them') ? 0 : 2);
      process.kill(victim!, signal);
      const began = Date.now();
      const end = await ended;
      expect(Date.now() - began).toBeLessThan(10_000);
      expect(sentenceOf(job, end)).toMatch(sentence);
      // mpirun may end a moment before the last of its ranks does.
      await expect.poll(() => findAllByArgument(jobFile(job)), { timeout: 10_000 }).toEqual([]);
    },
  );

  it('stop at the same step when they are cancelled, and say so', async () => {
    const job = makeJob({ devices: 2, epochs: 10_000, limit: 60 });
    const launched = await launcher.launch(job);
    await untilEpochs(job, 2);
    await launched.cancel();
    expect(await launched.ended).toMatchObject({ code: exitCode.interrupted });
    expect(spoolOf(job).at(-1)).toMatchObject({ type: 'ended', state: 'cancelled', reason: 'Cancelled.' });
    expect(stateOf(job).epoch).toBe(epochsOf(job).length);
  });

  it('are launched once, and found again by reference or without one', async () => {
    const job = makeJob({ devices: 2, epochs: 10_000, limit: 60 });
    const first = await launcher.launch(job);
    expect((await launcher.launch(job)).reference).toBe(first.reference);
    expect((await launcher.adopt(job, null))?.reference).toBe(first.reference);
    expect((await launcher.adopt(job, first.reference))?.reference).toBe(first.reference);
    await untilEpochs(job, 1);
    process.kill(rankProcess(jobFile(job), 1)!, 'SIGKILL');
    await first.ended;
    // A hub that was away then is told why.
    const later = await launcher.adopt(job, first.reference);
    expect((await later!.ended).cause).toMatch(/^rank 1 on \S+ was killed \(signal 9\)/);
  });

  it('take the hosts of a file, more of them than it has slots where the run is larger', async () => {
    const hostsFile = join(temporaryFolder(), 'hosts');
    writeFileSync(hostsFile, `# this machine\n${hostname()} slots=1\n`);
    const job = makeJob({ devices: 2, epochs: 1, launcher: { name: 'mpirun', hostsFile } });
    await run(job);
    expect(epochsOf(job)).toHaveLength(1);
    const nowhere = makeJob({ devices: 2, epochs: 1, launcher: { name: 'mpirun', hostsFile: '/no/hosts' } });
    await expect(launcher.launch(nowhere)).rejects.toThrow(/There is no hosts file \/no\/hosts/);
  });

  it('that are wrong in their input say it once, in one sentence, with its exit code', async () => {
    const job = makeJob({ devices: 2, epochs: 1 });
    const wrong = { ...job, spec: { ...job.spec, model: { ...job.spec.model, preset: 'enormous' } } };
    const { ended } = await launcher.launch(wrong);
    expect(await ended, logOf(job)).toMatchObject({ code: exitCode.badInput });
    expect(spoolOf(job), logOf(job)).toMatchObject([
      { type: 'ended', state: 'failed', reason: expect.stringMatching(/enormous/) },
    ]);
  });

  it('are offered by the launcher, with what it found', async () => {
    expect(await launcher.probe()).toMatchObject({
      available: true,
      detail: expect.stringMatching(/MPI/),
      mend: null,
    });
    const missing = mpirunLauncher({ site: { ...siteConfig.parse({}).mpirun, program: '/no/mpirun' } });
    expect(await missing.probe()).toMatchObject({
      available: false,
      mend: expect.stringContaining('openmpi-bin'),
    });
  });
});
