import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunEvent } from '@litmatter/protocol';
import pino from 'pino';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Scheduler } from '../../src/hub/scheduler.ts';
import { Store } from '../../src/hub/store.ts';
import type { Attempt } from '../../src/hub/transitions.ts';
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
        jobOf: ({ run, attempt, spec }: Attempt) => ({
          run,
          attempt,
          spec,
          folder: folderOf(run, attempt),
          dataFolder: folder,
          config: null,
          hub: null,
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

  it('start as many at once as the launcher allows', async () => {
    const hub = setUp(new FakeLauncher(2));
    await hub.startHub();
    const { id } = hub.store.createExperiment(someSpec({ devices: [1, 2, 4] }));
    hub.scheduler.kick();
    await vi.waitFor(() => expect(hub.launcher.alive).toEqual([`${id}.0#1`, `${id}.1#1`]));
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
    const { id } = hub.store.createExperiment(someSpec({ devices: [1, 2, 4] }));
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
    const { id } = hub.store.createExperiment(someSpec({ devices: [1] }));
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
