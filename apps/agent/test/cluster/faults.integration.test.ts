import { siteConfig } from '@litmatter/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Hub } from '../../src/hub/hub.ts';
import { mpirunLauncher } from '../../src/launchers/mpirun.ts';
import { slurmLauncher } from '../../src/launchers/slurm/slurm.ts';
import { begun, hubWith, type numbersOf, spec } from './faults.ts';
import { hasMpirun, rankProcess } from './rank-process.ts';
import { lacksSlurm, type SimulatedSlurm, startSlurm } from './simulated-slurm.ts';

/** What clusters do to runs, and what becomes of them: real ranks, real Open MPI, a real Slurm, a real hub. */

const site = siteConfig.parse({ slurm: { gpus: true, directives: ['--ntasks-per-node=1'] } });

describe.skipIf(!hasMpirun)('a run under mpirun', () => {
  const hub = () => hubWith([mpirunLauncher({ site: site.mpirun })]);
  const mpirun = (change: Parameters<typeof spec>[0] = {}) =>
    spec({ launcher: { name: 'mpirun' }, ...change });

  it('that loses a rank goes on by itself, as often as it may and once more by hand, and ends as though nothing had been', async () => {
    const its = await hub();
    const unbroken = await begun(its, mpirun(), 0);
    expect(await unbroken.untilEnded()).toMatchObject({ state: 'succeeded', attempt: 1 });

    const restarts = { epochs: 12, batchPerDevice: 2, maxRestarts: 1 };
    const broken = await begun(its, mpirun({ training: restarts }));
    process.kill(rankProcess(broken.jobFile(), 2)!, 'SIGKILL');
    await broken.untilResumed(2);
    process.kill(rankProcess(broken.jobFile(2), 1)!, 'SIGSTOP');
    expect(await broken.untilEnded()).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(
        /^rank 1 on \S+ did not answer for 5 s.* This was try 2 of 2 \(maxRestarts: 1\)/,
      ),
    });
    // A person has it go on.
    expect(its.scheduler.retry(broken.run, 'resume')).toBe(true);
    expect(await broken.untilEnded()).toMatchObject({ state: 'succeeded', attempt: 3, reason: null });
    expect(broken.numbers()).toEqual(unbroken.numbers());
    expect(broken.attempts()).toMatchObject([
      { state: 'failed', reason: expect.stringMatching(/^rank 2 on \S+ was killed \(signal 9\)/) },
      { state: 'failed', reason: expect.stringMatching(/^rank 1 on \S+ did not answer for 5 s/) },
      { state: 'succeeded', reason: null },
    ]);
    const { resumedAfter } = broken.attempts()[1]!;
    expect(broken.said(2)[0]).toMatch(
      new RegExp(`^Attempt 2 resumes after epoch ${resumedAfter}: rank 2 on \\S+ was killed \\(signal 9\\)`),
    );
  });
});

describe.skipIf(lacksSlurm() !== undefined)('a run under Slurm', () => {
  let slurm: SimulatedSlurm;
  let hub: Hub;
  let unbroken: ReturnType<typeof numbersOf>;
  const launcher = { name: 'slurm' } as const;
  const jobOf = (reference: string | null) => reference!.split(' ')[0]!;
  const nodesOf = (reference: string | null) =>
    slurm.ask('squeue', '--states=all', '--noheader', '--format=%N', `--jobs=${jobOf(reference)}`).trim();

  beforeAll(async () => {
    slurm = await startSlurm({ nodes: 5 });
    Object.assign(process.env, slurm.env);
  });
  beforeEach(() => slurm.revive());
  afterAll(() => slurm?.stop());

  it('ends by itself where nothing is done to it', async () => {
    hub = await hubWith([slurmLauncher({ site: site.slurm, pollSeconds: 0.5 })]);
    const run = await begun(hub, spec({ launcher }), 0);
    expect(await run.untilEnded()).toMatchObject({ state: 'succeeded', attempt: 1 });
    unbroken = run.numbers();
    expect(unbroken).toHaveLength(12);
  });

  it('that loses a node goes on without it', async () => {
    hub = await hubWith([slurmLauncher({ site: site.slurm, pollSeconds: 0.5 })]);
    const run = await begun(hub, spec({ launcher }));
    expect(nodesOf(run.reference(1))).toBe('n[1-4]');
    onTestFinished(() => slurm.startNode('n3'));
    slurm.killNode('n3');
    await run.untilEnded();
    expect(run.attempts()).toMatchObject([
      { state: 'failed', reason: expect.stringMatching(/^rank 2 on n3 /) },
      { state: 'succeeded', reason: null },
    ]);
    expect(nodesOf(run.reference(2))).toBe('n[1-2,4-5]');
    expect(run.numbers()).toEqual(unbroken);
  });

  it('makes room for a job that goes before, saves before its time is over, and ends where somebody cancels it', async () => {
    hub = await hubWith([slurmLauncher({ site: site.slurm, pollSeconds: 0.5 })]);
    const run = await begun(hub, spec({ launcher, training: { epochs: 10_000, batchPerDevice: 2 } }));
    const urgent = ['--partition=urgent', '--nodes=5', '--exclusive', '--output=/dev/null'];
    slurm.ask('sbatch', ...urgent, '--wrap=true');
    await run.untilResumed(2);
    expect(run.attempts()[0]).toMatchObject({
      state: 'interrupted',
      reason: 'Slurm gave its nodes to a job that goes before (preempted).',
    });
    // What the script's --signal=USR1@60 has Slurm do.
    slurm.ask('scancel', '--signal=USR1', jobOf(run.reference(2)));
    await run.untilResumed(3);
    const [, second] = run.attempts();
    expect(second).toMatchObject({ state: 'interrupted', reason: expect.stringMatching(/time limit/) });
    slurm.ask('scancel', jobOf(run.reference(3)));
    expect(await run.untilEnded()).toMatchObject({
      state: 'cancelled',
      attempt: 3,
      reason: expect.stringMatching(/was cancelled by somebody \(scancel\)/),
    });
    const numbers = run.numbers();
    expect(numbers.map(({ epoch }) => epoch)).toEqual(numbers.map((_, index) => index + 1));
    expect(numbers.slice(0, unbroken.length)).toEqual(unbroken.slice(0, numbers.length));
  });

  it('that loses a rank goes on in the allocation it has', async () => {
    hub = await hubWith([slurmLauncher({ site: site.slurm, pollSeconds: 0.5 })]);
    const jobs = () => slurm.ask('squeue', '--states=all', '--noheader', '--format=%i').trim().split('\n');
    const before = jobs().length;
    const run = await begun(hub, spec({ launcher }));
    process.kill(rankProcess(run.jobFile(), 2)!, 'SIGKILL');
    await run.untilEnded();
    expect(run.attempts()).toMatchObject([
      { state: 'failed', reason: expect.stringMatching(/^rank 2 on \S+ was killed \(signal 9\)/) },
      { state: 'succeeded', reason: null },
    ]);
    expect(run.numbers()).toEqual(unbroken);
    expect(jobs()).toHaveLength(before + 1);
  });

  it('that shares an allocation with larger ones and loses a node goes on in it, without the node', async () => {
    hub = await hubWith([slurmLauncher({ site: site.slurm, pollSeconds: 0.5 })]);
    const given = spec({ devices: [2, 4], launcher: { ...launcher, runsAs: 'steps' } });
    const run = await begun(hub, given);
    await hub.scheduler.cancelRun(run.run.replace(/0$/, '1'));
    const hostsOf = (attempt: number) => run.hosts(attempt).sort();
    expect(hostsOf(1)).toEqual(['n1', 'n2']);
    onTestFinished(() => slurm.startNode('n2'));
    slurm.killNode('n2');
    expect(await run.untilEnded()).toMatchObject({
      attempts: [
        { state: 'failed', reason: expect.stringMatching(/^rank 1 on n2 /) },
        { state: 'succeeded', reason: null },
      ],
    });
    expect(hostsOf(2)).not.toContain('n2');
    expect(jobOf(run.reference(2))).toBe(jobOf(run.reference(1)));
  });
});
