import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  type ExperimentSnapshot,
  experimentSnapshot,
  experimentSummary,
  experimentUpdate,
  type RunEvent,
  runView,
} from '@litmatter/protocol';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eachEpochOnce } from '../../src/hub/epochs.ts';
import { maxRanksOnPage } from '../../src/hub/rows.ts';
import { Store } from '../../src/hub/store.ts';
import { ended, epoch, log, someSpec, started, temporaryFolder } from '../support.ts';

function memoryStore(now = { value: 5_000 }): Store {
  const store = new Store(':memory:', () => now.value);
  onTestFinished(() => store.close());
  return store;
}

/** A store with one experiment of two runs, the first of them starting. */
function withAttempt(store = memoryStore()): { store: Store; experiment: string; run: string } {
  const { id } = store.createExperiment(someSpec());
  const run = `${id}.0`;
  store.beginAttempt(run);
  return { store, experiment: id, run };
}

describe('experiments', () => {
  it('are stored with all their runs queued, in the shapes of the protocol', () => {
    const store = memoryStore();
    const summary = store.createExperiment(someSpec({ repeats: 2 }));
    expect(experimentSummary.parse(summary)).toMatchObject({
      state: 'queued',
      runs: 4,
      epochs: 12,
      devices: [1, 2],
      models: ['schnet'],
    });
    const snapshot = experimentSnapshot.parse(store.snapshot(summary.id));
    expect(snapshot.runs.map((run) => [run.spec.devices, run.spec.repeat, run.state])).toEqual([
      [1, 0, 'queued'],
      [2, 0, 'queued'],
      [1, 1, 'queued'],
      [2, 1, 'queued'],
    ]);
    expect(snapshot.spec).toEqual(someSpec({ repeats: 2 }));
  });

  it('get ids that are names of files and parts of addresses, whatever they are called', () => {
    const store = memoryStore();
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 200, unit: 'grapheme' }), (name) => {
        if (name.trim() === '') return;
        const { id } = store.createExperiment(someSpec({ name }));
        expect(experimentSummary.shape.id.safeParse(id).success).toBe(true);
        expect(runView.shape.id.safeParse(store.runs(id)[0]!.id).success).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('are renamed, archived and listed newest first', () => {
    const now = { value: 1 };
    const store = memoryStore(now);
    const first = store.createExperiment(someSpec()).id;
    now.value = 2;
    const second = store.createExperiment(someSpec()).id;
    store.changeExperiment(first, { name: 'Renamed' });
    store.changeExperiment(first, { archived: true });
    expect(store.summaries().map((e) => [e.id, e.name, e.archived])).toEqual([
      [second, 'SchNet on the bundled molecules', false],
      [first, 'Renamed', true],
    ]);
  });

  it('are deleted with everything of theirs, but not while a run may go on', () => {
    const { store, experiment, run } = withAttempt();
    store.append(run, 1, [started({ run, seq: 0 })]);
    expect(store.deleteExperiment(experiment)).toBe(false);
    for (const { id } of store.runs(experiment)) store.requestCancel(id);
    store.settle(run, 1, 'cancelled', null);
    expect(store.deleteExperiment(experiment)).toBe(true);
    expect(store.summaries()).toEqual([]);
    expect(store.events(run).events).toEqual([]);
    expect(store.append(run, 1, [log({ run, seq: 1 }, 'late')])).toBeUndefined();
  });
});

describe('events', () => {
  it('say how a run stands: started, epoch by epoch, ended', () => {
    const { store, experiment, run } = withAttempt();
    expect(store.run(run)!.state).toBe('starting');
    store.append(run, 1, [started({ run, seq: 0 })]);
    expect(runView.parse(store.run(run))).toMatchObject({ state: 'running', startedAt: 1_000, attempt: 1 });
    store.append(run, 1, [epoch({ run, seq: 1 }, 1), epoch({ run, seq: 2 }, 2)]);
    expect(store.summary(experiment)).toMatchObject({
      state: 'running',
      epochsDone: 2,
      bestValidationMae: 1,
      targetUnit: null,
    });
    store.append(run, 1, [ended({ run, seq: 3 })]);
    expect(store.run(run)).toMatchObject({ state: 'succeeded', testMae: 0.5, endedAt: 4_003 });
    expect(store.summary(experiment)).toMatchObject({ state: 'running', runsEnded: 1 });
  });

  it('are stored exactly once each, in order, however they are cut, repeated and shuffled', () => {
    const truth = (run: string): RunEvent[] => [
      started({ run, seq: 0 }),
      ...Array.from({ length: 8 }, (_, i) => epoch({ run, seq: i + 1 }, i + 1)),
      ended({ run, seq: 9 }),
    ];
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 6 }), { maxLength: 12 }),
        (messages) => {
          const store = new Store(':memory:');
          try {
            const { run } = withAttempt(store);
            const events = truth(run);
            for (const message of messages) {
              const committed = store.append(
                run,
                1,
                message.map((seq) => events[seq]!),
              )!;
              expect(store.events(run).events).toEqual(events.slice(0, committed + 1));
            }
            // What a rank does after any break: replay everything after what the hub says it holds.
            store.append(run, 1, events.slice(store.committed(run, 1)! + 1));
            expect(store.events(run).events).toEqual(events);
            expect(store.run(run)!.state).toBe('succeeded');
          } finally {
            store.close();
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('after a gap are left for the sender to send again', () => {
    const { store, run } = withAttempt();
    expect(store.append(run, 1, [started({ run, seq: 0 }), epoch({ run, seq: 2 }, 2)])).toBe(0);
    expect(store.append(run, 1, [epoch({ run, seq: 1 }, 1), epoch({ run, seq: 2 }, 2)])).toBe(2);
  });

  it('of an attempt nobody launched are refused', () => {
    const { store, run } = withAttempt();
    expect(store.append(run, 2, [started({ run, attempt: 2, seq: 0 })])).toBeUndefined();
    expect(store.append('nobody.0', 1, [])).toBeUndefined();
    expect(store.committed(run, 2)).toBeUndefined();
  });

  it('of an earlier attempt are kept but say nothing of the present one', () => {
    const { store, run } = withAttempt();
    store.append(run, 1, [started({ run, seq: 0 })]);
    store.settle(run, 1, 'failed', 'The rank process was killed (signal 9).');
    store.requeue(run);
    // The first attempt turns out to be alive after all.
    store.append(run, 1, [ended({ run, seq: 1 })]);
    expect(store.run(run)!.state).toBe('queued');
    store.beginAttempt(run);
    store.append(run, 1, [log({ run, seq: 2 }, 'still here')]);
    expect(store.run(run)).toMatchObject({ state: 'starting', attempt: 2, started: null });
    expect(store.events(run).events).toHaveLength(3);
  });

  it("that say how a run ended replace the hub's own judgement", () => {
    const { store, run } = withAttempt();
    store.append(run, 1, [started({ run, seq: 0 })]);
    expect(store.settle(run, 1, 'failed', 'It is gone.')).toBe(true);
    store.append(run, 1, [ended({ run, seq: 1 })]);
    expect(store.run(run)).toMatchObject({ state: 'succeeded', reason: null });
    expect(store.settle(run, 1, 'failed', 'It is gone.')).toBe(false);
  });

  it('reach pages without a long list of ranks, and the export with it', () => {
    const { store, experiment, run } = withAttempt();
    const few = epoch({ run, seq: 1 }, 1, maxRanksOnPage);
    const many = epoch({ run, seq: 2 }, 2, 416);
    store.append(run, 1, [started({ run, seq: 0 }, 416), few, many]);
    const snapshot = store.snapshot(experiment)!;
    expect(snapshot.epochs).toEqual([few, { ...many, ranks: [] }]);
    expect(snapshot.runs[0]!.started!.ranks).toHaveLength(maxRanksOnPage);
    expect(store.events(run).events[2]).toEqual(many);
  });
});

describe('changes after a cursor', () => {
  it('added to an old snapshot give the present one, whatever happened between', () => {
    const step = fc.constantFrom(
      ...(['begin', 'epoch', 'end', 'fail', 'fault', 'retry', 'resume', 'cancel', 'rename', 'look'] as const),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const store = new Store(':memory:');
        try {
          const { id } = store.createExperiment(someSpec());
          const run = `${id}.0`;
          let page = structuredClone(store.snapshot(id)!);
          let [attempt, seq] = [0, 0];
          for (const what of steps) {
            if (what === 'begin' && store.beginAttempt(run)) {
              [attempt, seq] = [attempt + 1, 0];
              store.append(run, attempt, [started({ run, attempt, seq: seq++ })]);
            } else if (what === 'epoch' && attempt > 0) {
              store.append(run, attempt, [epoch({ run, attempt, seq }, seq++)]);
            } else if (what === 'end' && attempt > 0) {
              store.append(run, attempt, [ended({ run, attempt, seq: seq++ })]);
            } else if (what === 'fail') store.settle(run, attempt, 'failed', 'It fell.');
            else if (what === 'fault') {
              store.processesEnded(run, { attempt, fault: 'passing', reason: 'It fell.', named: true });
            } else if (what === 'retry') store.requeue(run);
            else if (what === 'resume') store.requeue(run, 'resume');
            else if (what === 'cancel') store.requestCancel(run);
            else if (what === 'rename') store.changeExperiment(id, { name: `after ${seq}` });
            else page = merge(page, store.changes(id, page.cursor));
          }
          page = merge(page, store.changes(id, page.cursor));
          expect(page).toEqual(store.snapshot(id));
          expect(store.changes(id, page.cursor)).toBeUndefined();
        } finally {
          store.close();
        }
      }),
      { numRuns: 100 },
    );
  });

  it('come in parts where there are many, and none is left out or sent twice', () => {
    const { store, experiment, run } = withAttempt();
    store.append(run, 1, [started({ run, seq: 0 })]);
    const page = store.snapshot(experiment)!;
    const events = Array.from({ length: 2_300 }, (_, i) => epoch({ run, seq: i + 1 }, i + 1));
    store.append(run, 1, events);
    const got: RunEvent[] = [];
    let [cursor, messages] = [page.cursor, 0];
    for (let update = store.changes(experiment, cursor); update; update = store.changes(experiment, cursor)) {
      got.push(...experimentUpdate.parse(update).epochs);
      cursor = update.cursor;
      messages++;
    }
    expect(got).toEqual(events);
    expect(messages).toBe(3);
  });

  it('concern the one experiment only', () => {
    const store = memoryStore();
    const first = store.createExperiment(someSpec()).id;
    const { cursor } = store.snapshot(first)!;
    const second = store.createExperiment(someSpec()).id;
    store.beginAttempt(`${second}.0`);
    expect(store.changes(first, cursor)).toBeUndefined();
  });
});

describe('on disk', () => {
  it('everything acknowledged outlives the process', () => {
    const file = join(temporaryFolder(), 'hub.sqlite');
    const first = new Store(file);
    const { experiment, run } = withAttempt(first);
    first.append(run, 1, [started({ run, seq: 0 }), epoch({ run, seq: 1 }, 1)]);
    first.setReference(run, 1, '123 456');
    const before = first.snapshot(experiment);
    first.close();
    const second = new Store(file);
    onTestFinished(() => second.close());
    expect(second.snapshot(experiment)).toEqual(before);
    expect(second.activeAttempts()).toMatchObject([
      { run, attempt: 1, reference: '123 456', cancelRequested: false },
    ]);
  });

  it('a process killed in the middle of a transaction leaves none of it', () => {
    const file = join(temporaryFolder(), 'hub.sqlite');
    const source = new URL('../../src/hub/database.ts', import.meta.url).href;
    const script = `
      const { Database } = await import(${JSON.stringify(source)});
      const db = new Database(${JSON.stringify(file)});
      db.write(() => db.run("INSERT INTO calibrations VALUES ('whole', 1, '{}')"));
      db.write(() => {
        db.run("INSERT INTO calibrations VALUES ('half', 1, '{}')");
        process.kill(process.pid, 'SIGKILL');
        for (;;);
      });`;
    const child = spawnSync(process.execPath, ['--input-type=module', '-e', script]);
    expect(child.signal).toBe('SIGKILL');
    const store = new Store(file);
    onTestFinished(() => store.close());
    expect(store.calibrations.of('whole')).toEqual({ measuredAt: 1, body: {} });
    expect(store.calibrations.of('half')).toBeUndefined();
  });

  it('a folder of a newer version is refused, not damaged', () => {
    const file = join(temporaryFolder(), 'hub.sqlite');
    new Store(file).close();
    const db = new DatabaseSync(file);
    db.exec('PRAGMA user_version = 999');
    db.close();
    expect(() => new Store(file)).toThrow(/newer version of litmatter/);
  });
});

function merge(page: ExperimentSnapshot, update: ReturnType<Store['changes']>): ExperimentSnapshot {
  if (update === undefined) return page;
  const changed = new Map(update.runs.map((run) => [run.id, run]));
  return {
    spec: page.spec,
    experiment: update.experiment,
    runs: page.runs.map((run) => changed.get(run.id) ?? run),
    epochs: eachEpochOnce([...page.epochs, ...update.epochs]),
    cursor: update.cursor,
  };
}
