import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunEvent } from '@litmatter/protocol';
import pino from 'pino';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Attempt } from '../../src/hub/attempts.ts';
import { Scheduler } from '../../src/hub/scheduler.ts';
import { Store } from '../../src/hub/store.ts';
import type { RankJob } from '../../src/job.ts';
import { ended, epoch, someSpec, started, temporaryFolder } from '../support.ts';
import { FakeLauncher } from './fake-launcher.ts';

/** A hub's inside without its sockets: start it, end it, start the next one on the same store. */
function setUp(launcher = new FakeLauncher()) {
  const folder = temporaryFolder();
  const now = { value: Date.now() };
  const store = new Store(join(folder, 'hub.sqlite'), () => now.value);
  const connected = new Set<string>();
  const cancelledRanks: string[] = [];
  const folderOf = (run: string, attempt: number) => join(folder, 'runs', run, String(attempt));
  /** What the attempts that begin from now on share. */
  const shared: { allocation?: RankJob['allocation'] } = {};
  let scheduler: Scheduler | undefined;
  onTestFinished(() => {
    scheduler?.close();
    store.close();
  });
  return {
    now,
    store,
    launcher,
    connected,
    cancelledRanks,
    shared,
    get scheduler() {
      return scheduler!;
    },
    async startHub() {
      scheduler?.close();
      scheduler = new Scheduler({
        store,
        launchers: [launcher],
        log: pino({ level: 'silent' }),
        ranks: {
          connected: (run, attempt) => connected.has(`${run}#${attempt}`),
          cancel: (run, attempt) => cancelledRanks.push(`${run}#${attempt}`),
        },
        collectMilliseconds: 10,
        adoptAgainMilliseconds: 30,
        lingerMilliseconds: 200,
        jobOf: ({ run, attempt, spec, resume, last }: Attempt) => ({
          ...(resume && { resume }),
          ...(last && { last }),
          run,
          attempt,
          spec,
          folder: folderOf(run, attempt),
          dataFolder: folder,
          config: null,
          hub: null,
          ...(shared.allocation && { allocation: shared.allocation }),
        }),
      });
      await scheduler.start();
    },
    endHub() {
      scheduler?.close();
    },
    spool(run: string, attempt: number, events: RunEvent[], torn = '') {
      mkdirSync(folderOf(run, attempt), { recursive: true });
      const lines = events.map((event) => `${JSON.stringify(event)}\n`).join('');
      writeFileSync(join(folderOf(run, attempt), 'spool.jsonl'), lines + torn);
    },
  };
}

/** Runs that do not go on by themselves. */
const never = { epochs: 3, maxRestarts: 0 };

const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

describe('runs', () => {
  it('start one after the other, in order, each when the one before has ended', async () => {
    const hub = setUp();
    await hub.startHub();
    const { id } = hub.store.createExperiment(someSpec({ devices: [1, 2, 4] }));
    hub.scheduler.kick();
    hub.scheduler.kick();
    await settled();
    expect(hub.launcher.launches).toEqual([`${id}.0#1`]);
    hub.store.append(`${id}.0`, 1, [started({ run: `${id}.0`, seq: 0 }), ended({ run: `${id}.0`, seq: 1 })]);
    await settled();
    // It has said that it ended, but its process still holds the cores.
    expect(hub.launcher.launches).toHaveLength(1);
    hub.launcher.end(`${id}.0#1`);
    await vi.waitFor(() => expect(hub.launcher.launches).toEqual([`${id}.0#1`, `${id}.1#1`]));
    expect(hub.store.runs(id).map((run) => run.state)).toEqual(['succeeded', 'starting', 'queued']);
  });

  it('are known by another reference once their launcher has carried them elsewhere', async () => {
    const hub = setUp();
    await hub.startHub();
    const { id } = hub.store.createExperiment(someSpec({ devices: [1] }));
    hub.scheduler.kick();
    await vi.waitFor(() => expect(hub.store.reference(`${id}.0`, 1)).toBe(`${id}.0#1`));
    hub.launcher.move(`${id}.0#1`, '4711 00000.1');
    expect(hub.store.reference(`${id}.0`, 1)).toBe('4711 00000.1');
  });

  it('have their launcher told which attempt is the last that follows by itself', async () => {
    const hub = setUp();
    await hub.startHub();
    const { id } = hub.store.createExperiment(
      someSpec({ devices: [1], training: { epochs: 3, maxRestarts: 1 } }),
    );
    hub.scheduler.kick();
    await vi.waitFor(() => expect(hub.launcher.told.get(`${id}.0#1`)?.last).toBeUndefined());
    hub.launcher.end(`${id}.0#1`, { code: 75 });
    await vi.waitFor(() => expect(hub.launcher.told.get(`${id}.0#2`)?.last).toBe(true));
  });

  it('start as many at once as the launcher allows', async () => {
    const hub = setUp(new FakeLauncher(2));
    await hub.startHub();
    const { id } = hub.store.createExperiment(someSpec({ devices: [1, 2, 4] }));
    hub.scheduler.kick();
    await vi.waitFor(() => expect(hub.launcher.alive).toEqual([`${id}.0#1`, `${id}.1#1`]));
  });

  it('start while their devices are within the limit, in order, and a larger run than that alone', async () => {
    const hub = setUp(new FakeLauncher(Number.POSITIVE_INFINITY, 6));
    await hub.startHub();
    const { id } = hub.store.createExperiment(someSpec({ devices: [2, 4, 1, 8, 5] }));
    const keys = (...indices: number[]) => indices.map((index) => `${id}.${index}#1`);
    hub.scheduler.kick();
    // 2 + 4: the run on 1 device would be the seventh.
    await vi.waitFor(() => expect(hub.launcher.alive).toEqual(keys(0, 1)));
    hub.launcher.end(keys(0)[0]!);
    await vi.waitFor(() => expect(hub.launcher.alive).toEqual(keys(1, 2)));
    hub.launcher.end(keys(1)[0]!);
    await settled();
    // 8 are more than may ever be at once: it waits until it is alone, and the 5 behind it do not overtake.
    expect(hub.launcher.alive).toEqual(keys(2));
    hub.launcher.end(keys(2)[0]!);
    await vi.waitFor(() => expect(hub.launcher.alive).toEqual(keys(3)));
    hub.launcher.end(keys(3)[0]!);
    await vi.waitFor(() => expect(hub.launcher.alive).toEqual(keys(4)));
  });

  it('that share an allocation hold its devices once', async () => {
    const hub = setUp(new FakeLauncher(Number.POSITIVE_INFINITY, 6));
    hub.shared.allocation = { folder: '/x.allocation', devices: 4 };
    await hub.startHub();
    const { id } = hub.store.createExperiment(someSpec({ devices: [1, 2, 4, 3] }));
    hub.scheduler.kick();
    await vi.waitFor(() => expect(hub.launcher.alive).toHaveLength(4));
    hub.shared.allocation = undefined;
    const { id: other } = hub.store.createExperiment(someSpec({ devices: [2, 1] }));
    hub.scheduler.kick();
    await vi.waitFor(() => expect(hub.launcher.alive).toHaveLength(5));
    for (const index of [0, 1, 2]) hub.launcher.end(`${id}.${index}#1`);
    await settled();
    expect(hub.launcher.alive).toEqual([`${id}.3#1`, `${other}.0#1`]);
  });

  it('that cannot be launched fail with the reason, and the next one starts', async () => {
    const hub = setUp();
    await hub.startHub();
    hub.launcher.failWith = 'no more processes';
    const { id } = hub.store.createExperiment(someSpec());
    hub.scheduler.kick();
    await vi.waitFor(() => expect(hub.store.summary(id)!.state).toBe('failed'));
    expect(hub.store.runs(id).map((run) => run.reason)).toEqual([
      'The run could not be started: no more processes',
      'The run could not be started: no more processes',
    ]);
  });

  it('whose process is gone without a word are failed, in words', async () => {
    const hub = setUp();
    await hub.startHub();
    const { id } = hub.store.createExperiment(someSpec({ devices: [1, 2, 4], training: never }));
    hub.scheduler.kick();
    const ends = [
      { code: null, signal: 'SIGKILL' as const, tail: '' },
      { code: 3, signal: null, tail: 'No backend: run litmatter backend install tensorflow.' },
      { code: null, signal: null, tail: '' },
    ];
    for (const [index, end] of ends.entries()) {
      await vi.waitFor(() => expect(hub.launcher.alive).toEqual([`${id}.${index}#1`]));
      hub.launcher.end(`${id}.${index}#1`, end);
    }
    await vi.waitFor(() => expect(hub.store.summary(id)!.state).toBe('failed'));
    const reasons = hub.store.runs(id).map((run) => run.reason);
    expect(reasons[0]).toMatch(/^The rank process was killed \(signal 9\)\./);
    expect(reasons[1]).toMatch(/ended with code 3 .* It last wrote: No backend: run litmatter backend/);
    expect(reasons[2]).toMatch(/gone and has not said how/);
  });

  it('that never reached the hub are collected from their spool when they end', async () => {
    const hub = setUp();
    await hub.startHub();
    const { id } = hub.store.createExperiment(someSpec({ devices: [1] }));
    const run = `${id}.0`;
    hub.scheduler.kick();
    await vi.waitFor(() => expect(hub.launcher.alive).toHaveLength(1));
    hub.connected.add(`${run}#1`);
    hub.spool(
      run,
      1,
      [started({ run, seq: 0 }), epoch({ run, seq: 1 }, 1), ended({ run, seq: 2 })],
      '{"type":"ep',
    );
    hub.launcher.end(`${run}#1`);
    await vi.waitFor(() => expect(hub.store.run(run)!.state).toBe('succeeded'));
    expect(hub.store.snapshot(id)!.epochs).toHaveLength(1);
  });

  it('that run without a connection are followed by their spool', async () => {
    const hub = setUp();
    await hub.startHub();
    const { id } = hub.store.createExperiment(someSpec({ devices: [1] }));
    const run = `${id}.0`;
    hub.scheduler.kick();
    await vi.waitFor(() => expect(hub.launcher.alive).toHaveLength(1));
    hub.spool(run, 1, [started({ run, seq: 0 }), epoch({ run, seq: 1 }, 1)]);
    await vi.waitFor(() => expect(hub.store.run(run)!.state).toBe('running'));
    expect(hub.store.summary(id)!.epochsDone).toBe(1);
  });
});

describe('silence', () => {
  it('of a run is not its failure: it stays running, and when it was last heard of is told', async () => {
    const hub = setUp();
    await hub.startHub();
    const { id } = hub.store.createExperiment(someSpec({ devices: [1] }));
    const run = `${id}.0`;
    hub.scheduler.kick();
    await vi.waitFor(() => expect(hub.launcher.alive).toHaveLength(1));
    hub.store.append(run, 1, [started({ run, seq: 0 })]);
    const heard = hub.store.run(run)!.lastHeardAt;
    hub.now.value += 1e3 * 3_600;
    await settled();
    expect(hub.store.run(run)).toMatchObject({ state: 'running', lastHeardAt: heard, reason: null });
  });
});

describe('cancel', () => {
  it('ends queued runs at once and stops the active one by both ways', async () => {
    const hub = setUp();
    await hub.startHub();
    const { id } = hub.store.createExperiment(someSpec({ devices: [1, 2, 4] }));
    hub.scheduler.kick();
    await vi.waitFor(() => expect(hub.launcher.alive).toHaveLength(1));
    hub.store.append(`${id}.0`, 1, [started({ run: `${id}.0`, seq: 0 })]);
    await hub.scheduler.cancelExperiment(id);
    expect(hub.store.runs(id).map((run) => run.state)).toEqual(['running', 'cancelled', 'cancelled']);
    expect(hub.launcher.cancels).toEqual([`${id}.0#1`]);
    expect(hub.cancelledRanks).toEqual([`${id}.0#1`]);
    hub.launcher.end(`${id}.0#1`, { code: null, signal: 'SIGKILL' });
    await vi.waitFor(() => expect(hub.store.summary(id)!.state).toBe('cancelled'));
    expect(hub.launcher.launches).toEqual([`${id}.0#1`]);
  });

  it('asked for while a run is being launched stops it as soon as it is there', async () => {
    const hub = setUp();
    await hub.startHub();
    const { id } = hub.store.createExperiment(someSpec({ devices: [1] }));
    hub.scheduler.kick();
    await hub.scheduler.cancelRun(`${id}.0`);
    await vi.waitFor(() => expect(hub.launcher.cancels).toEqual([`${id}.0#1`]));
  });

  it('of a run that has ended changes nothing', async () => {
    const hub = setUp();
    await hub.startHub();
    const { id } = hub.store.createExperiment(someSpec({ devices: [1] }));
    const run = `${id}.0`;
    hub.scheduler.kick();
    await vi.waitFor(() => expect(hub.launcher.alive).toHaveLength(1));
    hub.store.append(run, 1, [started({ run, seq: 0 }), ended({ run, seq: 1 })]);
    hub.launcher.end(`${run}#1`);
    await hub.scheduler.cancelRun(run);
    expect(hub.store.run(run)!.state).toBe('succeeded');
  });
});

describe('retry', () => {
  it('makes a new attempt of a failed run, and refuses any other', async () => {
    const hub = setUp();
    await hub.startHub();
    const { id } = hub.store.createExperiment(someSpec({ devices: [1] }));
    const run = `${id}.0`;
    hub.scheduler.kick();
    expect(hub.scheduler.retry(run)).toBe(false);
    await vi.waitFor(() => expect(hub.launcher.alive).toHaveLength(1));
    hub.launcher.end(`${run}#1`, { code: 1 });
    await vi.waitFor(() => expect(hub.store.run(run)!.state).toBe('failed'));
    expect(hub.scheduler.retry(run)).toBe(true);
    await vi.waitFor(() => expect(hub.launcher.launches).toEqual([`${run}#1`, `${run}#2`]));
    expect(hub.store.run(run)).toMatchObject({ state: 'starting', attempt: 2, reason: null });
  });
});

describe('a fault', () => {
  const killed = { code: null, signal: 'SIGKILL' as const };

  /** One run whose first attempt has measured two epochs. */
  async function running(training: Partial<typeof never> = {}) {
    const hub = setUp();
    await hub.startHub();
    const { id } = hub.store.createExperiment(
      someSpec({ devices: [1], training: { epochs: 5, ...training } }),
    );
    const run = `${id}.0`;
    hub.scheduler.kick();
    await vi.waitFor(() => expect(hub.launcher.alive).toEqual([`${run}#1`]));
    hub.store.append(run, 1, [
      started({ run, seq: 0 }),
      epoch({ run, seq: 1 }, 1),
      epoch({ run, seq: 2 }, 2),
    ]);
    return { hub, id, run };
  }

  it('of the processes is followed by an attempt that goes on from the last checkpoint', async () => {
    const { hub, id, run } = await running();
    hub.launcher.end(`${run}#1`, killed);
    await vi.waitFor(() => expect(hub.launcher.alive).toEqual([`${run}#2`]));
    const because =
      'The rank process was killed (signal 9). A person did this, or the system for want of memory.';
    expect(hub.launcher.told.get(`${run}#2`)).toMatchObject({ attempt: 2, resume: { because } });
    expect(hub.store.run(run)).toMatchObject({
      state: 'starting',
      reason: `Attempt 2 resumes: ${because}`,
    });
    // What was measured stays measured, and no state in between says that the run is over.
    expect(hub.store.summary(id)).toMatchObject({ state: 'running', epochsDone: 2, runsEnded: 0 });

    hub.store.append(run, 2, [
      started({ run, attempt: 2, seq: 0 }, 1, { resumedAfter: 1 }),
      epoch({ run, attempt: 2, seq: 1 }, 2),
      epoch({ run, attempt: 2, seq: 2 }, 3),
    ]);
    expect(hub.store.run(run)!.reason).toBe(`Attempt 2 resumes after epoch 1: ${because}`);
    expect(hub.store.snapshot(id)!.epochs.map((one) => [one.attempt, one.epoch])).toEqual([
      [1, 1],
      [2, 2],
      [2, 3],
    ]);
    hub.store.append(run, 2, [ended({ run, attempt: 2, seq: 3 })]);
    hub.launcher.end(`${run}#2`);
    await vi.waitFor(() => expect(hub.scheduler.idle).toBe(true));
    expect(hub.store.run(run)).toMatchObject({ state: 'succeeded', reason: null, attempt: 2 });
    expect(hub.store.attempts(run)).toMatchObject([
      { attempt: 1, resumedAfter: null, state: 'failed', reason: because },
      { attempt: 2, resumedAfter: 1, state: 'succeeded' },
    ]);
  });

  it('that rank 0 has told of is resumed when the processes are gone, with its words', async () => {
    const { hub, run } = await running();
    const reason = 'rank 2 on n3 was killed (signal 9).';
    hub.store.append(run, 1, [ended({ run, seq: 3 }, { state: 'failed', resumable: true, reason })]);
    await settled();
    // Its cores are still held.
    expect(hub.launcher.launches).toHaveLength(1);
    expect(hub.store.run(run)).toMatchObject({ state: 'running', reason });
    hub.launcher.end(`${run}#1`, { code: 75, cause: 'the step ended.' });
    await vi.waitFor(() => expect(hub.launcher.alive).toEqual([`${run}#2`]));
    expect(hub.launcher.told.get(`${run}#2`)!.resume).toEqual({ because: reason });
  });

  it('is resumed no more often than maxRestarts, and then it is said how often', async () => {
    const { hub, run } = await running({ maxRestarts: 2 });
    for (const attempt of [1, 2, 3]) {
      await vi.waitFor(() => expect(hub.launcher.alive).toEqual([`${run}#${attempt}`]));
      hub.launcher.end(`${run}#${attempt}`, { code: 75, cause: 'rank 2 on n3 was killed (signal 9).' });
    }
    await vi.waitFor(() => expect(hub.store.run(run)!.state).toBe('failed'));
    expect(hub.store.run(run)!.reason).toBe(
      'rank 2 on n3 was killed (signal 9). This was try 3 of 3 (maxRestarts: 2); resume it by hand to go on.',
    );
    expect(hub.launcher.launches).toHaveLength(3);
    // By hand it goes on, and has all of its restarts again.
    expect(hub.scheduler.retry(run, 'resume')).toBe(true);
    await vi.waitFor(() => expect(hub.launcher.alive).toEqual([`${run}#4`]));
    expect(hub.launcher.told.get(`${run}#4`)!.resume).toEqual({ because: null });
    hub.launcher.end(`${run}#4`, killed);
    await vi.waitFor(() => expect(hub.launcher.alive).toEqual([`${run}#5`]));
  });

  it('that would come again is not resumed: bad input, divergence, a lacking backend', async () => {
    for (const [code, reason] of [
      [1, 'The loss is not a number any more at epoch 3, step 1.'],
      [2, 'There is no target "taste".'],
      [3, 'The backend "webgpu" is lacking.'],
    ] as const) {
      const { hub, run } = await running();
      hub.store.append(run, 1, [ended({ run, seq: 3 }, { state: 'failed', reason })]);
      hub.launcher.end(`${run}#1`, { code });
      await vi.waitFor(() => expect(hub.scheduler.idle).toBe(true));
      expect(hub.store.run(run)).toMatchObject({ state: 'failed', reason, attempt: 1 });
    }
  });

  it('is not resumed after a cancel, whoever says first that it ended', async () => {
    for (const state of ['interrupted', 'failed'] as const) {
      const { hub, run } = await running();
      await hub.scheduler.cancelRun(run);
      const reason = 'Stopped by SIGTERM.';
      hub.store.append(run, 1, [ended({ run, seq: 3 }, { state, resumable: true, reason })]);
      hub.launcher.end(`${run}#1`, killed);
      await vi.waitFor(() => expect(hub.scheduler.idle).toBe(true));
      expect(hub.store.run(run)).toMatchObject({ state: 'cancelled', attempt: 1, reason: 'Cancelled.' });
    }
  });

  const interrupted = { state: 'interrupted', resumable: true, reason: 'Stopped by SIGTERM.' } as const;

  it('by preemption is resumed with what the launcher knows of it', async () => {
    const { hub, run } = await running();
    hub.store.append(run, 1, [ended({ run, seq: 3 }, interrupted)]);
    const cause = 'Slurm gave its nodes to a job that goes before (preempted).';
    hub.launcher.end(`${run}#1`, { code: 130, cause, fault: 'passing' });
    await vi.waitFor(() => expect(hub.launcher.alive).toEqual([`${run}#2`]));
    expect(hub.launcher.told.get(`${run}#2`)!.resume).toEqual({ because: cause });
    expect(hub.store.attempts(run)[0]).toMatchObject({ state: 'interrupted', reason: cause });
  });

  it("is none where a person has ended the job by the launcher's own means", async () => {
    const { hub, run } = await running();
    hub.store.append(run, 1, [ended({ run, seq: 3 }, interrupted)]);
    const cause = 'Slurm job 7 was cancelled by somebody (scancel).';
    hub.launcher.end(`${run}#1`, { code: 130, cause, fault: 'cancelled' });
    await vi.waitFor(() => expect(hub.store.run(run)!.state).toBe('cancelled'));
    expect(hub.store.run(run)).toMatchObject({ reason: cause, attempt: 1 });
  });

  it('of a run that a hub finds dead when it starts is resumed by that hub, once', async () => {
    const { hub, run } = await running();
    hub.endHub();
    hub.launcher.end(`${run}#1`, killed);
    await hub.startHub();
    await vi.waitFor(() => expect(hub.launcher.alive).toEqual([`${run}#2`]));
    // Killed before it had launched the second attempt, or after: the next one launches or finds it.
    await hub.startHub();
    await settled();
    expect(hub.launcher.launches).toEqual([`${run}#1`, `${run}#2`]);
    expect(hub.launcher.told.get(`${run}#2`)!.resume!.because).toMatch(/while no hub was running/);
  });

  it('whose processes do not go although the attempt has ended is cleared away', async () => {
    const { hub, run } = await running();
    hub.store.append(run, 1, [ended({ run, seq: 3 }, { state: 'failed', resumable: true, reason: 'lost.' })]);
    await vi.waitFor(() => expect(hub.launcher.cancels).toEqual([`${run}#1`]));
    hub.launcher.end(`${run}#1`, killed);
    await vi.waitFor(() => expect(hub.launcher.alive).toEqual([`${run}#2`]));
  });
});

describe('a new hub', () => {
  it('finds what still runs, launches none of it again, and goes on with the queue', async () => {
    const hub = setUp();
    await hub.startHub();
    const { id } = hub.store.createExperiment(someSpec());
    hub.scheduler.kick();
    await vi.waitFor(() => expect(hub.launcher.alive).toHaveLength(1));
    hub.store.append(`${id}.0`, 1, [started({ run: `${id}.0`, seq: 0 })]);
    await hub.startHub();
    await settled();
    expect(hub.launcher.launches).toEqual([`${id}.0#1`]);
    hub.spool(`${id}.0`, 1, [started({ run: `${id}.0`, seq: 0 }), ended({ run: `${id}.0`, seq: 1 })]);
    hub.launcher.end(`${id}.0#1`, { code: null });
    await vi.waitFor(() => expect(hub.launcher.launches).toEqual([`${id}.0#1`, `${id}.1#1`]));
    expect(hub.store.run(`${id}.0`)!.state).toBe('succeeded');
  });

  it('collects the spool of a run that ended while no hub was there', async () => {
    const hub = setUp();
    await hub.startHub();
    const { id } = hub.store.createExperiment(someSpec({ devices: [1] }));
    const run = `${id}.0`;
    hub.scheduler.kick();
    await vi.waitFor(() => expect(hub.launcher.alive).toHaveLength(1));
    await settled();
    hub.endHub();
    hub.spool(run, 1, [started({ run, seq: 0 }), epoch({ run, seq: 1 }, 1), ended({ run, seq: 2 })]);
    hub.launcher.end(`${run}#1`);
    await hub.startHub();
    expect(hub.store.run(run)).toMatchObject({ state: 'succeeded', testMae: 0.5 });
  });

  it('says of a run that died meanwhile that it failed, never that it succeeded', async () => {
    const hub = setUp();
    await hub.startHub();
    const { id } = hub.store.createExperiment(someSpec({ devices: [1], training: never }));
    const run = `${id}.0`;
    hub.scheduler.kick();
    await vi.waitFor(() => expect(hub.launcher.alive).toHaveLength(1));
    await settled();
    hub.endHub();
    hub.spool(run, 1, [started({ run, seq: 0 }), epoch({ run, seq: 1 }, 1)]);
    hub.launcher.end(`${run}#1`, { signal: 'SIGKILL' });
    await hub.startHub();
    expect(hub.store.run(run)).toMatchObject({ state: 'failed' });
    expect(hub.store.run(run)!.reason).toMatch(/while no hub was running/);
    expect(hub.store.summary(id)!.epochsDone).toBe(1);
  });

  it('launches a run that was decided on but never launched', async () => {
    const hub = setUp();
    const { id } = hub.store.createExperiment(someSpec({ devices: [1] }));
    hub.store.beginAttempt(`${id}.0`);
    await hub.startHub();
    await vi.waitFor(() => expect(hub.launcher.launches).toEqual([`${id}.0#1`]));
    expect(hub.store.run(`${id}.0`)!.attempt).toBe(1);
  });

  it('that cannot look for a run now looks again, and calls nothing failed meanwhile', async () => {
    const hub = setUp();
    await hub.startHub();
    const { id } = hub.store.createExperiment(someSpec({ devices: [1] }));
    hub.scheduler.kick();
    await vi.waitFor(() => expect(hub.launcher.alive).toHaveLength(1));
    await settled();
    const adopt = vi.spyOn(hub.launcher, 'adopt').mockRejectedValueOnce(new Error('squeue does not answer'));
    await hub.startHub();
    expect(hub.store.run(`${id}.0`)!.state).toBe('starting');
    await vi.waitFor(() => expect(adopt).toHaveBeenCalledTimes(2));
    await hub.scheduler.cancelRun(`${id}.0`);
    await vi.waitFor(() => expect(hub.launcher.cancels).toEqual([`${id}.0#1`]));
    expect(hub.launcher.launches).toHaveLength(1);
  });

  it('does not launch one whose cancellation was asked for', async () => {
    const hub = setUp();
    const { id } = hub.store.createExperiment(someSpec({ devices: [1] }));
    hub.store.beginAttempt(`${id}.0`);
    hub.store.requestCancel(`${id}.0`);
    await hub.startHub();
    await settled();
    expect(hub.launcher.launches).toEqual([]);
    expect(hub.store.run(`${id}.0`)!.state).toBe('cancelled');
  });
});
