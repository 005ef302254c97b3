import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { LackingError, runSpec, siteConfig } from '@litmatter/protocol';
import { describe, expect, it } from 'vitest';
import type { RankJob } from '../../../src/job.ts';
import { inAllocationLauncher } from '../../../src/launchers/slurm/in-allocation.ts';
import { temporaryFolder } from '../../support.ts';

const { slurm: site } = siteConfig.parse({});

function setUp() {
  const folder = temporaryFolder();
  const calls = join(folder, 'calls');
  writeFileSync(join(folder, 'srun'), `#!/bin/sh\necho "$@" >> '${calls}'\n`);
  chmodSync(join(folder, 'srun'), 0o755);
  const env = {
    PATH: `${folder}${delimiter}${process.env.PATH}`,
    SLURM_JOB_ID: '4711',
    SLURM_NTASKS: '4',
  };
  const job = (attempt: number, because?: string): RankJob => ({
    ...{
      run: 'x.0',
      attempt,
      folder: join(folder, String(attempt)),
      dataFolder: folder,
      config: null,
      hub: null,
    },
    spec: runSpec.parse({
      ...{ model: { name: 'schnet' }, dataset: { name: 'bundled' }, training: {}, devices: 2, repeat: 0 },
      ...{ launcher: { name: 'slurm' }, backend: 'auto' },
    }),
    ...(because !== undefined && { resume: { because } }),
  });
  return {
    launcher: inAllocationLauncher({ site, env }),
    job,
    words: () => readFileSync(calls, 'utf8').trim().split('\n'),
  };
}

describe('steps of the present allocation', () => {
  it('are started with srun, a rank a device', async () => {
    const { launcher, job, words } = setUp();
    await (await launcher.launch(job(1))).ended;
    expect(words()[0]).toMatch(
      /^--mpi=pmix --kill-on-bad-exit=1 --wait=5 --ntasks=2 --job-name=litmatter\.x\.0\.1\./,
    );
  });

  it('stay away from every node that has been lost, also those of later runs', async () => {
    const { launcher, job, words } = setUp();
    const lost = (node: string) => `rank 1 on ${node} is gone: its process ended without a word.`;
    for (const one of [job(1), job(2, lost('n3')), job(3, lost('n1')), job(4)]) {
      await (await launcher.launch(one)).ended;
    }
    expect(words().map((line) => /--overlap --exclude=(\S+)/.exec(line)?.[1])).toEqual([
      undefined,
      'n3',
      'n3,n1',
      'n3,n1',
    ]);
  });

  it('are not to be had outside of an allocation', () => {
    expect(() => inAllocationLauncher({ site, env: {} })).toThrow(LackingError);
  });
});
