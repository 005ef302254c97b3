import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeQueue, endedBySlurm, endStateOf, isPending } from '../../../src/launchers/slurm/queue.ts';

const fixture = (version: string) =>
  decodeQueue(readFileSync(new URL(`../fixtures/squeue-${version}.json`, import.meta.url), 'utf8'));

describe("Slurm's queue", () => {
  it('is read as Slurm 22.05 tells it, wait statuses and all', () => {
    const jobs = fixture('22.05');
    expect(jobs.map((job) => [job.id, endStateOf(job), job.exit])).toEqual([
      [1, 'CANCELLED', { code: 0, signal: 15 }],
      [2, 'FAILED', { code: 137, signal: 0 }],
      [3, 'FAILED', { code: 75, signal: 0 }],
      [4, undefined, { code: 0, signal: 0 }],
    ]);
    expect(jobs[2]).toMatchObject({ user: 'ann', folder: '/home/ann/x/1', nodeCount: 4 });
    expect(jobs.map(isPending)).toEqual([false, false, false, true]);
    expect(jobs[3]!.reason).toBe('Resources');
  });

  it('is read as Slurm 24.11 tells it, jobs that have ended among those that run and wait', () => {
    const jobs = fixture('24.11');
    const told = jobs.map((job) => [
      job.id,
      job.name,
      endStateOf(job) ?? (isPending(job) ? 'waits' : 'runs'),
    ]);
    expect(told.map((words) => words.join(' ')).sort()).toEqual([
      '1 done COMPLETED',
      '13 paused runs',
      '14 preempted PREEMPTED',
      '16 next waits',
      '17 behind waits',
      '18 later waits',
      '19 after waits',
      '2 failed FAILED',
      '20 held waits',
      '3 aborted FAILED',
      '4 cancelled CANCELLED',
      '5 timeout TIMEOUT',
      '6 lost NODE_FAIL',
      '8 schnet runs',
    ]);
    const by = new Map(jobs.map((job) => [job.name, job]));
    expect(by.get('failed')!.exit).toEqual({ code: 75, signal: 0 });
    expect(by.get('aborted')!.exit).toEqual({ code: 0, signal: 9 });
    expect(by.get('schnet')).toMatchObject({ nodes: 'n[1-2]', nodeCount: 2, folder: '/home/chem' });
    const causes = ['lost', 'timeout', 'preempted', 'cancelled', 'failed', 'done'].map(
      (name) => endedBySlurm(by.get(name)!)?.cause,
    );
    expect(causes).toEqual([
      'a node of the job failed (n[4-5]): Slurm ended it.',
      expect.stringMatching(/time limit/),
      expect.stringMatching(/preempted/),
      'Slurm job 4 was cancelled by somebody (scancel).',
      undefined,
      undefined,
    ]);
  });

  it('is read with states in lists, flags among them, and numbers that say whether they are set', () => {
    const jobs = fixture('written');
    expect(jobs.map((job) => [job.id, endStateOf(job)])).toEqual([
      [11, undefined],
      [12, 'COMPLETED'],
      [13, 'FAILED'],
      [14, 'NODE_FAIL'],
      // Its processes are still ending.
      [15, undefined],
      [16, undefined],
      [17, 'TIMEOUT'],
      [18, 'OUT_OF_MEMORY'],
      [19, 'PREEMPTED'],
    ]);
    expect(jobs[2]!.exit).toEqual({ code: 75, signal: 0 });
    expect(jobs[3]!.exit).toEqual({ code: 0, signal: 9 });
    expect(jobs[5]).toMatchObject({ reason: 'Priority', startsAt: 1795430000 });
    expect(jobs.filter(isPending).map(({ id }) => id)).toEqual([16]);
  });

  it('tells in words what Slurm did to a job, and nothing where it ended by its own', () => {
    const said = new Map(fixture('written').map((job) => [job.id, endedBySlurm(job)]));
    const passing = (cause: RegExp) => ({ cause: expect.stringMatching(cause), fault: 'passing' });
    expect(said.get(14)).toEqual(passing(/^a node of the job failed \(n\[1-4\]\): Slurm ended it\.$/));
    expect(said.get(17)).toEqual(passing(/time limit.*timeLimit/));
    expect(said.get(18)).toEqual(passing(/want of memory.*--mem-per-cpu/));
    expect(said.get(19)).toEqual(passing(/preempted/));
    for (const id of [11, 12, 13, 16]) expect(said.get(id)).toBeUndefined();
    // Ranks that have saved in time end a preempted job by themselves, with a code of their own.
    const failed = fixture('written').find((job) => endStateOf(job) === 'FAILED')!;
    expect(endedBySlurm({ ...failed, preempted: true })).toEqual(passing(/preempted/));
    const cancelled = { ...failed, states: ['CANCELLED'] };
    expect(endedBySlurm(cancelled)).toMatchObject({ fault: 'cancelled' });
  });

  it('is read around jobs of shapes not known, and refused only where it is no queue', () => {
    const strange = fc
      .jsonValue()
      .filter((value) => typeof value !== 'object' || value === null || !('job_id' in value));
    fc.assert(
      fc.property(fc.array(strange), (others) => {
        const jobs = [...others, { job_id: 5, job_state: ['RUNNING'], new_in_slurm_30: {} }];
        expect(decodeQueue(JSON.stringify({ jobs })).map(({ id }) => id)).toEqual([5]);
      }),
    );
    expect(() => decodeQueue('slurm_load_jobs error')).toThrow();
    expect(() => decodeQueue('{"errors": []}')).toThrow();
  });

  it('is not taken for empty where the controller does not answer', () => {
    const errors = [
      { description: 'Failed while looking for jobs', error_number: -1, error: 'Unspecified error' },
    ];
    expect(() => decodeQueue(JSON.stringify({ errors, jobs: [] }))).toThrow('Failed while looking for jobs');
    expect(decodeQueue(JSON.stringify({ errors: [], jobs: [] }))).toEqual([]);
  });
});
