import { spawnSync } from 'node:child_process';
import { siteConfig } from '@litmatter/protocol';
import { describe, expect, it } from 'vitest';
import type { RankJob } from '../../src/job.ts';
import { localLauncher } from '../../src/launchers/local.ts';
import { mpirunLauncher } from '../../src/launchers/mpirun.ts';
import { findAllByArgument } from '../../src/launchers/processes.ts';
import {
  epochsOf,
  jobFile,
  largestDifference,
  logOf,
  makeJob,
  sentenceOf,
  spoolOf,
  stateOf,
  untilEpochs,
  type Wanted,
} from './jobs.ts';
import { rankProcess } from './rank-process.ts';

/** What differs from Open MPI: the library's handles, its mpirun's words, signals and last words. */

const program = 'mpirun.mpich';
const hasMpich = spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;
const launcher = mpirunLauncher({ site: { ...siteConfig.parse({}).mpirun, program } });

const two = (wanted: Partial<Wanted> = {}) =>
  makeJob({ launcher: { name: 'mpirun' }, devices: 2, epochs: 10_000, limit: 60, ...wanted });

async function underWay(job: RankJob, epochs = 2) {
  const launched = await launcher.launch(job);
  const early = launched.ended.then((end) => {
    throw new Error(`it ended at once: ${JSON.stringify(end)}\n${logOf(job)}`);
  });
  await Promise.race([early, untilEpochs(job, epochs)]);
  early.catch(() => {});
  return launched;
}

describe.skipIf(!hasMpich)('ranks under the mpirun of MPICH', () => {
  it('are offered with its own library, though Open MPI is here too', async () => {
    expect(await launcher.probe()).toMatchObject({
      available: true,
      detail: expect.stringMatching(/^MPICH Version: \d/),
      mend: null,
    });
  });

  it('end with the parameters of one rank with twice the batch', async () => {
    const size = { epochs: 1, limit: 96 };
    const one = two({ ...size, devices: 1, batch: 16, launcher: { name: 'local' } });
    expect(await (await localLauncher().launch(one)).ended, logOf(one)).toMatchObject({ code: 0 });
    const job = two({ ...size, batch: 8 });
    await (await launcher.launch(job)).ended;
    expect(spoolOf(job).at(-1), logOf(job)).toMatchObject({ type: 'ended', state: 'succeeded' });
    expect(logOf(job)).toMatch(/rank 1: MPI: MPICH Version: \d/);
    expect(stateOf(job).adam.step).toBe(stateOf(one).adam.step);
    expect(largestDifference(stateOf(job).parameters, stateOf(one).parameters)).toBeLessThan(1e-5);
  });

  it('stop at the same step when they are cancelled, and say so', async () => {
    const job = two();
    const launched = await underWay(job);
    await launched.cancel(60);
    expect(spoolOf(job).at(-1), logOf(job)).toMatchObject({
      type: 'ended',
      state: 'cancelled',
      reason: 'Cancelled.',
    });
    expect(stateOf(job).epoch).toBe(epochsOf(job).length);
  });

  it('end when one of them is killed, and it is said which, also to a hub that was away', async () => {
    const job = two({ devices: 3 });
    const { ended, reference } = await underWay(job);
    process.kill(rankProcess(jobFile(job), 1)!, 'SIGKILL');
    const told = /^rank 1 on \S+ was killed \(signal 9\)/;
    expect(sentenceOf(job, await ended), logOf(job)).toMatch(new RegExp(`^failed: ${told.source.slice(1)}`));
    await expect.poll(() => findAllByArgument(jobFile(job)), { timeout: 60_000 }).toEqual([]);
    const later = await launcher.adopt(job, reference);
    expect((await later!.ended).cause).toMatch(told);
  });

  it('that are wrong in their input say it once, though mpirun kills all when the first of them ends', async () => {
    const job = two();
    const wrong = { ...job, spec: { ...job.spec, model: { ...job.spec.model, preset: 'enormous' } } };
    await (await launcher.launch(wrong)).ended;
    expect(spoolOf(job), logOf(job)).toMatchObject([
      { type: 'ended', state: 'failed', reason: expect.stringMatching(/enormous/) },
    ]);
  });
});
