import { moleculeSet } from '@litmatter/molecules';
import { type RunEventBody, runSpec } from '@litmatter/protocol';
import { describe, expect, it } from 'vitest';
import { failedEnding } from '../../src/rank/ending.ts';
import { share } from '../../src/rank/shared.ts';
import { runThreads } from '../../src/rank/threads.ts';
import type { Fault } from './thread.fake.ts';

const set = moleculeSet([{ atomicNumbers: [1], targets: { y: 1 } }]);
const none = new Uint32Array(0);
const data = share({
  set,
  graphs: { spec: { kind: 'complete' as const }, rowOffsets: none, neighbours: new Uint8Array(0) },
  split: { train: none, validation: none, test: none },
  target: 'y',
});

async function run(devices: number, faults: Record<number, Fault> = {}, onReport = (_: RunEventBody) => {}) {
  return runThreads({
    job: {
      run: 'x.0',
      attempt: 1,
      spec: runSpec.parse({
        model: { name: 'fake', options: faults },
        dataset: { name: 'bundled' },
        training: {},
        devices,
        repeat: 0,
        launcher: {},
        backend: 'cpu',
      }),
      folder: '/nowhere',
      dataFolder: '/nowhere',
      config: null,
      hub: null,
    },
    data,
    stop: new SharedArrayBuffer(4),
    oversubscribed: false,
    stillSeconds: 1,
    onReport,
    module: new URL('./thread.fake.ts', import.meta.url),
  });
}
const endingOf = (devices: number, faults: Record<number, Fault>) =>
  run(devices, faults).then(() => 'it ended well', failedEnding);

describe('ranks in threads', () => {
  it('give the result of rank 0 and hand on what it reports', async () => {
    const reports: RunEventBody[] = [];
    const done = await run(3, {}, (body) => reports.push(body));
    expect(done).toMatchObject({ outcome: 'finished', testMae: 0.5 });
    expect(reports).toEqual([{ type: 'log', level: 'info', message: 'all ranks are here' }]);
    expect(await run(1)).toMatchObject({ testMae: 0.5 });
  });

  it('end at once with a sentence when one throws, naming that one and not its peers', async () => {
    const start = performance.now();
    expect(await endingOf(4, { 2: 'throw' })).toEqual({
      state: 'failed',
      reason: 'Rank 2 stopped: two and two are five.',
      code: 1,
    });
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  it('end with a sentence when a thread ends by itself or throws where nobody watches', async () => {
    expect(await endingOf(3, { 1: 'exit' })).toEqual({
      state: 'failed',
      reason: 'Rank 1 stopped: its thread ended with code 7.',
      code: 75,
      resumable: true,
    });
    expect(await endingOf(2, { 0: 'reject later' })).toMatchObject({
      reason: 'Rank 0 stopped: nobody watches this.',
      code: 1,
    });
  });

  it('end when a peer keeps computing and never comes back', async () => {
    expect(await endingOf(3, { 0: 'throw later', 1: 'spin' })).toMatchObject({
      reason: 'Rank 0 stopped: two and two are five.',
    });
  });

  it('end in seconds when one that has been quick computes for ever, and that one is named', async () => {
    expect(await endingOf(3, { 0: 'hang', 1: 'hang', 2: 'hang' })).toEqual({
      state: 'failed',
      reason: expect.stringMatching(
        /^Rank 1 stopped: it did not go on for \d+ s, .* or computes for ever\.$/,
      ),
      code: 75,
      resumable: true,
    });
  });

  it('end when what they report cannot be kept', async () => {
    const failed = run(2, {}, () => {
      throw new Error('Cannot write spool.jsonl: no space left on device.');
    });
    expect(await failed.catch(failedEnding)).toMatchObject({
      reason: 'Rank 0 stopped: Cannot write spool.jsonl: no space left on device.',
      code: 1,
    });
  });
});

describe('shared data', () => {
  it('is equal to what it was made from, with its arrays in shared memory', () => {
    expect(data.set).toEqual(set);
    expect(data.set.atomicNumbers.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(data.set.targets.y.values.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(data.set.positions).toBeNull();
  });
});
