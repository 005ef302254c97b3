import { readFileSync } from 'node:fs';
import { queuedJob } from '@litmatter/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeJobs } from '../../../src/launchers/slurm/jobs.ts';
import { reasonInWords } from '../../../src/launchers/slurm/reasons.ts';
import { withoutSome } from './odd.ts';

const fixture = (version: string) =>
  readFileSync(new URL(`./fixtures/squeue-${version}.json`, import.meta.url), 'utf8');

describe("everybody's queue", () => {
  it('is read as Slurm 22.05 tells it, this person first', () => {
    const jobs = decodeJobs(fixture('22.05'), 'ann');
    expect(jobs.map(({ id, name, mine, state, gpus }) => [id, name, mine, state, gpus])).toEqual([
      ['1', 'big', true, 'running', 2],
      ['3', 'waiting', true, 'pending', null],
      ['4', 'later', true, 'pending', null],
      ['2', 'one', false, 'running', null],
    ]);
    expect(jobs[0]).toMatchObject({ nodes: 'n[1-2]', nodeCount: 2, startsAt: 1_795_424_269_000 });
    expect(jobs[1]!.reason).toBe('nodes it needs are down, drained, or kept for jobs of higher priority');
    expect(jobs[2]).toMatchObject({ reason: 'is to begin later', startsAt: 1_795_427_869_000 });
  });

  it('is read as Slurm 24.11 tells it, this person first', () => {
    const jobs = decodeJobs(fixture('24.11'), 'chem');
    const told = jobs.map(({ id, name, state, gpus }) => [id, name, state, gpus].join(' '));
    expect(told).toEqual([
      '8 schnet running 4',
      '13 paused suspended ',
      '22 ending ending ',
      '16 next pending 4',
      '17 behind pending 2',
      '18 later pending ',
      '19 after pending ',
      '20 held pending ',
      '7 fold running 1',
      '9 dock running 1',
      '10_0 array running 1',
      '10_1 array running 1',
      '10_[2-9%2] array pending 1',
      '21 many pending 12',
    ]);
    const by = new Map(jobs.map((job) => [job.name, job]));
    expect(by.get('schnet')).toMatchObject({
      nodes: 'n[1-2]',
      nodeCount: 2,
      cpus: 8,
      timeLimitSeconds: 1_800,
    });
    // When it is expected to begin.
    expect(by.get('next')!.startsAt).toBe(1_795_917_351_000);
    expect(by.get('after')).toMatchObject({ startsAt: null, timeLimitSeconds: null });
    expect(['next', 'behind', 'later', 'after', 'held', 'many'].map((name) => by.get(name)!.reason)).toEqual([
      'waits for nodes to become free',
      'a node it asks for is kept for another job',
      'is to begin later',
      'waits for another job to end',
      'is held by its owner: scontrol release lets it go',
      'nodes it needs are down, drained, or kept for jobs of higher priority',
    ]);
  });

  it('is read with GPUs by any of five spellings, states with flags, and limits of a site', () => {
    const jobs = decodeJobs(fixture('written'), 'ann');
    const told = jobs.map(({ id, state, gpus }) => `${id} ${state} ${gpus}`);
    expect(told.sort()).toEqual([
      '201 running 4',
      '202 running 4',
      '203 pending 4',
      '204_6 running 2',
      '204_[7-99%4] pending 6',
      '205 pending 16',
      '207 ending null',
      '208 suspended null',
      '209 starting null',
      '210 pending null',
    ]);
    const by = new Map(jobs.map((job) => [job.id, job]));
    expect(by.get('203')).toMatchObject({
      reason: 'jobs of higher priority go first',
      startsAt: 1_795_430_000_000,
      // Infinite.
      timeLimitSeconds: null,
    });
    expect(by.get('201')!.timeLimitSeconds).toBe(3_600);
    expect(by.get('205')!.reason).toBe(
      'its quality of service has as many GPUs as it may (QOSMaxGRESPerUser)',
    );
  });

  it('whose fields are missing or odd are still told, with what is known', () => {
    for (const version of ['22.05', '24.11', 'written']) {
      fc.assert(
        fc.property(withoutSome(JSON.parse(fixture(version))), (odd) => {
          let jobs: ReturnType<typeof decodeJobs> = [];
          try {
            jobs = decodeJobs(JSON.stringify(odd), 'ann');
          } catch (error) {
            expect((error as Error).message).not.toMatch(/undefined is|not a function|Cannot read/);
          }
          for (const job of jobs) expect(queuedJob.parse({ ...job, runs: [] })).toEqual({ ...job, runs: [] });
        }),
      );
    }
  });

  it('that is empty with an error is no empty queue', () => {
    const errors = [{ description: 'Failed while looking for jobs', error: 'Unspecified error' }];
    expect(() => decodeJobs(JSON.stringify({ jobs: [], errors }), 'ann')).toThrow('Failed while looking');
    expect(decodeJobs('{"jobs": []}', 'ann')).toEqual([]);
  });
});

it('reasons are said in words, and those not known are not hidden', () => {
  expect(reasonInWords('ReqNodeNotAvail, UnavailableNodes:n4')).toBe(
    'a node it asks for is down, drained or reserved',
  );
  expect(reasonInWords('AssocGrpCPURunMinutesLimit')).toMatch(/^its account has as many CPUs/);
  expect(reasonInWords('MaxNodePerAccount')).toMatch(/^its account has as many nodes/);
  expect(reasonInWords('SomethingNew')).toBe('something new');
  expect(reasonInWords('A sentence of its own.')).toBe('A sentence of its own.');
  expect(reasonInWords(undefined)).toBeUndefined();
});
