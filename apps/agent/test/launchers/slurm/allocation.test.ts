import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runSpec, siteConfig } from '@litmatter/protocol';
import { describe, expect, it } from 'vitest';
import type { RankJob } from '../../../src/job.ts';
import {
  type Allocation,
  allocationName,
  allocationOf,
  allocationScript,
  Turns,
  turnOf,
} from '../../../src/launchers/slurm/allocation.ts';
import { temporaryFolder } from '../../support.ts';

const { slurm: site } = siteConfig.parse({});

/** A data folder whose name shells trip over, with an allocation of four devices. */
function setUp() {
  const folder = join(temporaryFolder(), `it's; $(touch pwned) \`x\` "q" \\b`);
  const allocation: Allocation = { folder: join(folder, 'x.allocation'), devices: 4, name: 'x.allocation' };
  const jobOf = (index: number, devices: number, attempt = 1): RankJob => {
    const job: RankJob = {
      run: `x.${index}`,
      attempt,
      spec: runSpec.parse({
        ...{ model: { name: 'schnet' }, dataset: { name: 'bundled' }, training: {}, devices, repeat: 0 },
        ...{ launcher: { name: 'slurm', runsAs: 'steps' }, backend: 'auto' },
      }),
      folder: join(folder, `x.${index}`, String(attempt)),
      dataFolder: folder,
      config: null,
      allocation: { folder: allocation.folder, devices: allocation.devices },
      hub: null,
    };
    mkdirSync(job.folder, { recursive: true });
    return job;
  };
  return { folder, allocation, jobOf, turns: new Turns(allocation) };
}

/** Run the script in a shell whose srun writes down its words and ends with the code that the run's folder names; it ends with `code`. */
function carryOut(allocation: Allocation, code = 0): string[][] {
  const bin = temporaryFolder();
  const calls = join(bin, 'calls');
  writeFileSync(
    join(bin, 'srun'),
    `#!/bin/bash\nprintf '%s\\0' "$@" >> '${calls}'; echo >> '${calls}'\n` +
      `read -r code 2>/dev/null < "$(dirname "\${@: -1}")/code" || code=0\nexit "$code"\n`,
  );
  chmodSync(join(bin, 'srun'), 0o755);
  // It waits for nobody, and leaves how long it would have.
  writeFileSync(join(bin, 'sleep'), `#!/bin/sh\necho "$1" >> slept\n`);
  chmodSync(join(bin, 'sleep'), 0o755);
  const input = allocationScript(
    allocation,
    { name: 'slurm' },
    { site, node: '/opt/node', program: '/rank.ts' },
  );
  const cwd = temporaryFolder();
  const env = { PATH: `${bin}${delimiter}${process.env.PATH}` };
  expect(spawnSync('bash', ['-s'], { input, cwd, env }).status).toBe(code);
  expect(readdirSync(cwd)).toEqual([]);
  const said = readFileSync(calls, 'utf8').split('\n').slice(0, -1);
  return said.map((line) => line.split('\0').slice(0, -1));
}

describe('the allocation of an attempt', () => {
  it('is its experiment’s where runs share one, else its run’s, for all its attempts', () => {
    const { folder, allocation, jobOf } = setUp();
    expect(allocationOf(jobOf(2, 1))).toEqual(allocation);
    const { allocation: _, ...alone } = jobOf(2, 3);
    const own = { folder: join(folder, 'x.2', 'allocation'), devices: 3, name: 'x.2' };
    expect(allocationOf(alone)).toEqual(own);
    expect(allocationOf({ ...alone, attempt: 2, folder: join(folder, 'x.2', '2') })).toEqual(own);
  });

  it('has jobs named after it and its folder: another hub may have a run of the same id', () => {
    const one = { folder: '/home/ann/a', devices: 1, name: 'x.2' };
    expect(allocationName(one, 3)).toMatch(/^litmatter\.x\.2\.[0-9a-f]{8}\.3$/);
    expect(allocationName({ ...one, folder: '/home/ann/b' }, 3)).not.toBe(allocationName(one, 3));
  });
});

describe('the script of an allocation', () => {
  it('asks for as many devices as its largest run has', () => {
    const { allocation } = setUp();
    const script = allocationScript(allocation, { name: 'slurm', timeLimit: '10:00' }, { site });
    expect(script).toMatch(/^#SBATCH --job-name=litmatter\.x\.allocation\.[0-9a-f]{8}\.1$/m);
    expect(script).toMatch(/^#SBATCH --ntasks=4$/m);
    expect(script).toMatch(/^#SBATCH --time=10:00\n#SBATCH --signal=USR1@60$/m);
  });

  it('starts its runs one after another, each with its own devices and folder, one that fails too', () => {
    const { allocation, jobOf, turns } = setUp();
    const jobs = [jobOf(0, 1), jobOf(1, 2), jobOf(10, 4)];
    for (const job of jobs.toReversed()) turns.add(job);
    writeFileSync(join(jobs[1]!.folder, 'code'), '75\n');
    const calls = carryOut(allocation);
    expect(calls.map((words) => words.find((word) => word.startsWith('--ntasks')))).toEqual([
      '--ntasks=1',
      '--ntasks=2',
      '--ntasks=4',
    ]);
    expect(calls.map((words) => words.slice(-4))).toEqual(
      jobs.map((job) => ['/opt/node', '/rank.ts', '--job', join(job.folder, 'job.json')]),
    );
    expect(jobs.map((job) => turns.codeOf(turnOf(job)))).toEqual([0, 75, 0]);
    expect(jobs.map((job) => turns.stateOf(turnOf(job)))).toEqual(['ended', 'ended', 'ended']);
  });

  it('takes no turn that was withdrawn, and none twice however often it was added', () => {
    const { allocation, jobOf, turns } = setUp();
    const [first, second] = [jobOf(0, 1), jobOf(1, 2)];
    for (const job of [first, second, first]) turns.add(job);
    expect(turns.withdraw(turnOf(first))).toBe(true);
    expect(carryOut(allocation)).toHaveLength(1);
    expect(turns.stateOf(turnOf(first))).toBe('withdrawn');
    expect(turns.withdraw(turnOf(second))).toBe(false);
    turns.add(second);
    expect(turns.stateOf(turnOf(second))).toBe('ended');
  });

  it('gives a new attempt its turn without the node that the one before has lost', () => {
    const { allocation, jobOf, turns } = setUp();
    const because = 'rank 2 on n3 is gone: its process ended without a word.';
    const first = jobOf(0, 2);
    const jobs = [first, { ...first, attempt: 2, resume: { because } }, jobOf(1, 2)];
    for (const job of jobs) turns.add(job);
    const calls = carryOut(allocation);
    const without = ['--overlap', '--exclude=n3'];
    const tried = ['--mpi=none', ...without, '--ntasks=2', 'true'];
    expect(calls[0]).not.toContain('--overlap');
    expect(calls[1]).toEqual(tried);
    expect(calls[2]).toEqual(expect.arrayContaining(without));
    // The node stays lost for the runs that come after.
    expect(calls[3]).toEqual(tried);
    expect(calls[4]).toEqual(expect.arrayContaining(without));
    expect(calls).toHaveLength(5);
  });

  it('leaves a run that it has become too small for to the next one, which is asked for without the node', () => {
    const { allocation, jobOf, turns } = setUp();
    const job = { ...jobOf(0, 2), attempt: 2, resume: { because: 'the node n3 failed.' } };
    turns.add(job);
    writeFileSync(join(allocation.folder, 'code'), '1\n');
    expect(carryOut(allocation)).toEqual([expect.arrayContaining(['--exclude=n3', 'true'])]);
    expect(turns.stateOf(turnOf(job))).toBe('waiting');
    const script = allocationScript(allocation, { name: 'slurm' }, { site, avoid: 'n3' }, 2);
    expect(script).toMatch(/^#SBATCH --exclude=n3$/m);
    expect(script).toMatch(/^#SBATCH --no-kill$/m);
  });

  it.each([
    ['a while for the next attempt of a run that failed', 75, {}, 30],
    ['not where no attempt follows by itself', 75, { last: true }, 0],
    ['not for one that was wrong in its input', 2, {}, 0],
    ['not for one that is done', 0, {}, 0],
  ] as const)('waits %s', (_, code, change, seconds) => {
    const { allocation, jobOf, turns } = setUp();
    const job = { ...jobOf(0, 1), ...change };
    turns.add(job);
    writeFileSync(join(job.folder, 'code'), `${code}\n`);
    carryOut(allocation, code);
    const slept = join(allocation.folder, 'slept');
    const told = existsSync(slept) ? readFileSync(slept, 'utf8').trim().split('\n') : [];
    expect(told.reduce((sum, word) => sum + Number(word), 0)).toBe(seconds);
  });

  it('goes on after a run that somebody cancelled, and leaves the rest where Slurm stopped one', () => {
    for (const cancelled of [true, false]) {
      const { allocation, jobOf, turns } = setUp();
      const [first, second] = [jobOf(0, 1), jobOf(1, 2)];
      for (const job of [first, second]) turns.add(job);
      writeFileSync(join(first.folder, 'code'), '130\n');
      if (cancelled) turns.markStopped(turnOf(first));
      // The job ends as its last run did.
      expect(carryOut(allocation, cancelled ? 0 : 130)).toHaveLength(cancelled ? 2 : 1);
      expect(turns.stateOf(turnOf(second))).toBe(cancelled ? 'ended' : 'waiting');
    }
  });
});
