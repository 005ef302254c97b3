import { describe, expect, it } from 'vitest';
import { causeInLog, lostNode } from '../../src/launchers/cause.ts';

describe('the cause of an end, read from the log', () => {
  it.each([
    [
      'mpirun of Open MPI',
      'mpirun noticed that process rank 2 with PID 0 on node n3 exited on signal 9 (Killed).',
      /^rank 2 on n3 was killed \(signal 9\)\. A person did this, or/,
    ],
    [
      'srun',
      'srun: error: n3: task 2: Killed\nsrun: error: n1: task 0: Killed',
      /^rank 2 on n3 was killed \(signal 9\)/,
    ],
    [
      'srun, of several',
      'srun: error: n-04.cluster: tasks 4-7,9: Killed',
      /^rank 4 on n-04\.cluster was killed/,
    ],
    [
      'srun, of a crash',
      'srun: error: n3: task 2: Segmentation fault (core dumped)',
      /^rank 2 on n3 was killed \(signal 11\)\.$/,
    ],
    [
      'srun, out of memory',
      'srun: error: n2: task 1: Out Of Memory',
      /^rank 1 on n2 was killed for want of memory/,
    ],
    ['srun, of a node', 'srun: error: Node failure on n7', /^the node n7 failed/],
    [
      'a rank that lost rank 0',
      '2026-01-02T03:04:05.678Z rank 1: lost: rank 0 on n1 did not answer for 5 s.',
      /^rank 0 on n1 did not answer for 5 s\.$/,
    ],
    [
      'mpirun of Intel MPI',
      '=   BAD TERMINATION OF ONE OF YOUR APPLICATION PROCESSES\n=   RANK 1 PID 4711 RUNNING AT n2\n=   KILLED BY SIGNAL: 9 (Killed)',
      /^rank 1 on n2 was killed \(signal 9\)/,
    ],
    [
      'mpirun of MPICH, which kills the others and names any of them',
      '=   BAD TERMINATION OF ONE OF YOUR APPLICATION PROCESSES\n=   PID 4711 RUNNING AT n2\n=   EXIT CODE: 9\n=   CLEANING UP REMAINING PROCESSES\n====\nYOUR APPLICATION TERMINATED WITH THE EXIT STRING: Killed (signal 9)',
      /^a rank on n2 was killed \(signal 9\); MPICH's mpirun does not say which\./,
    ],
    [
      'the shell beside a rank under MPICH, before its mpirun',
      'rank 3 on n2 was killed (signal 9)\n=   PID 4711 RUNNING AT n1\nYOUR APPLICATION TERMINATED WITH THE EXIT STRING: Killed (signal 9)',
      /^rank 3 on n2 was killed \(signal 9\)\. A person did this, or/,
    ],
  ])('by %s', (_, text, sentence) => {
    const log = `2026-01-02T03:04:05.678Z rank 0: epoch 1: 0.1 s\n${text}\n`;
    expect(causeInLog(log)).toEqual({ sentence: expect.stringMatching(sentence), fault: 'passing' });
  });

  it('is the death, not what the others made of it', () => {
    const text = `2026-01-02T03:04:05.678Z rank 1: lost: rank 2 on n3 is gone: its process ended without a word.
srun: error: n2: task 1: Exited with exit code 75
srun: error: n3: task 2: Killed`;
    expect(causeInLog(text)?.sentence).toMatch(/^rank 2 on n3 was killed/);
  });

  it('is told by Slurm 24.11 of the rank that was lost first, though it kills the others too', () => {
    const lost =
      '2026-11-29T01:21:03.037Z rank 0: lost: rank 2 on n3 is gone: its process ended without a word.';
    const srun = `srun: Job step aborted: Waiting up to 7 seconds for job step to finish.
slurmstepd-n1: error: *** STEP 2.0 ON n1 CANCELLED AT 2026-11-29T01:15:11 ***
srun: error: n4: task 3: Killed
srun: Terminating StepId=2.0
srun: error: n2: task 1: Killed
srun: error: n1: task 0: Killed`;
    expect(causeInLog(`${lost}\n${srun}\nsrun: error: n3: tasks 2,5: Killed`)?.sentence).toMatch(
      /^rank 2 on n3 was killed \(signal 9\)/,
    );
    // Of a node that is gone srun says only that its task still runs.
    const node = `${lost}\n${srun}\nsrun: First task exited 5s ago\nsrun: StepId=2.0 task 2: running`;
    expect(causeInLog(node)?.sentence).toMatch(/^rank 2 on n3 is gone: its process ended without a word\.$/);
  });

  it.each([
    [
      'mpirun of Open MPI 5, of the first process that failed',
      `--------------------------------------------------------------------------
prterun noticed that process rank 0 with PID 21115 on node vm exited on
signal 11 (Segmentation fault).
--------------------------------------------------------------------------`,
      /^rank 0 on vm was killed \(signal 11\)\.$/,
    ],
  ])('is told by %s', (_, text, sentence) => {
    expect(causeInLog(text)?.sentence).toMatch(sentence);
  });

  it('is none where the log says nothing of it', () => {
    expect(causeInLog('')).toBeUndefined();
    expect(causeInLog('srun: error: n1: task 0: Exited with exit code 1')).toBeUndefined();
  });

  it('is said to last where another attempt would meet it again', () => {
    const text =
      "The application appears to have been direct launched using srun,\nbut OMPI was not built with SLURM's PMI support";
    expect(causeInLog(text)).toMatchObject({ fault: 'lasting' });
  });
});

describe('the node that an attempt has lost', () => {
  it.each([
    ['rank 2 on n3 did not answer for 5 s: its process was stopped, or its host cannot be reached.', 'n3'],
    ['rank 0 on n-04.cluster is gone: its process ended without a word.', 'n-04.cluster'],
    ['the node n7 failed.', 'n7'],
    ['a node of the job failed (n2): Slurm ended it.', 'n2'],
    // Which one of them is not known.
    ['a node of the job failed (n[1-4]): Slurm ended it.', undefined],
    // A rank that was killed says nothing against its node.
    ['rank 2 on n3 was killed (signal 9).', undefined],
    ['The loss is not a number any more at epoch 1, step 1.', undefined],
  ])('by "%s"', (sentence, node) => {
    expect(lostNode(sentence)).toBe(node);
  });
});
