import {
  type ExperimentSnapshot,
  type ExperimentSummary,
  type ExperimentUpdate,
  experimentSnapshot,
  experimentUpdate,
  type HelloAnswer,
  type Problem,
  type ReportAnswer,
} from '@litmatter/protocol';
import fc from 'fast-check';
import { io, type Socket } from 'socket.io-client';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Hub, startHub } from '../../src/hub/hub.ts';
import { ended, epoch, someSpec, started, temporaryFolder } from '../support.ts';
import { FakeLauncher } from './fake-launcher.ts';

async function hubWithRun(): Promise<{ hub: Hub; experiment: string; run: string; launcher: FakeLauncher }> {
  const launcher = new FakeLauncher();
  const hub = await startHub({ dataFolder: temporaryFolder(), port: 0, launchers: [launcher] });
  onTestFinished(() => hub.close());
  const { id } = hub.store.createExperiment(someSpec());
  hub.scheduler.kick();
  await vi.waitFor(() => expect(launcher.alive).toHaveLength(1));
  return { hub, experiment: id, run: `${id}.0`, launcher };
}

async function connect(hub: Hub, namespace: string): Promise<Socket> {
  const socket = io(new URL(namespace, hub.url).href, {
    auth: { token: hub.token },
    transports: ['websocket'],
    forceNew: true,
  });
  onTestFinished(() => void socket.disconnect());
  await new Promise<void>((resolve, reject) => socket.on('connect', resolve).on('connect_error', reject));
  return socket;
}

const ask = <A>(socket: Socket, event: string, ...message: unknown[]): Promise<A> =>
  socket.timeout(5_000).emitWithAck(event, ...message) as Promise<A>;

/** A page that keeps what it is told, as the dashboard does. */
async function watch(hub: Hub, experiment: string) {
  const socket = await connect(hub, '/pages');
  const { snapshot } = await ask<{ snapshot: ExperimentSnapshot }>(socket, 'watch', { experiment });
  const page = { socket, snapshot: experimentSnapshot.parse(snapshot), updates: [] as ExperimentUpdate[] };
  socket.on('update', (update: ExperimentUpdate, received: () => void) => {
    page.updates.push(experimentUpdate.parse(update));
    received();
  });
  return page;
}

describe('a rank', () => {
  it('says hello, reports, and is answered with what the hub holds', async () => {
    const { hub, run } = await hubWithRun();
    const socket = await connect(hub, '/ranks');
    expect(await ask<HelloAnswer>(socket, 'hello', { run, attempt: 1 })).toEqual({
      committed: -1,
      cancelled: false,
    });
    const events = [started({ run, seq: 0 }), epoch({ run, seq: 1 }, 1)];
    expect(await ask<ReportAnswer>(socket, 'report', { events })).toEqual({ committed: 1 });
    expect(hub.store.events(run).events).toEqual(events);
    // The acknowledgement was lost: the same again changes nothing.
    expect(await ask<ReportAnswer>(socket, 'report', { events })).toEqual({ committed: 1 });
    expect(hub.store.events(run).events).toEqual(events);
    const again = await connect(hub, '/ranks');
    expect(await ask<HelloAnswer>(again, 'hello', { run, attempt: 1 })).toEqual({
      committed: 1,
      cancelled: false,
    });
  });

  it('of no attempt of this hub is refused, and so is one that speaks for another', async () => {
    const { hub, experiment, run } = await hubWithRun();
    const socket = await connect(hub, '/ranks');
    const problem = { problem: { message: expect.any(String) } };
    expect(await ask(socket, 'hello', { run, attempt: 2 })).toEqual(problem);
    expect(await ask(socket, 'report', { events: [started({ run, seq: 0 })] })).toEqual(problem);
    await ask(socket, 'hello', { run, attempt: 1 });
    const other = `${experiment}.1`;
    expect(await ask(socket, 'report', { events: [started({ run: other, seq: 0 })] })).toEqual(problem);
    expect(hub.store.events(run).events).toEqual([]);
  });

  it('hears of a cancellation at once, or at its next hello', async () => {
    const { hub, run } = await hubWithRun();
    const socket = await connect(hub, '/ranks');
    await ask(socket, 'hello', { run, attempt: 1 });
    const heard = new Promise<void>((resolve) => socket.on('cancel', resolve));
    await hub.scheduler.cancelRun(run);
    await heard;
    const again = await connect(hub, '/ranks');
    expect(await ask<HelloAnswer>(again, 'hello', { run, attempt: 1 })).toEqual({
      committed: -1,
      cancelled: true,
    });
  });

  it('that only beats is heard', async () => {
    const { hub, run } = await hubWithRun();
    const socket = await connect(hub, '/ranks');
    await ask(socket, 'hello', { run, attempt: 1 });
    const first = hub.store.run(run)!.lastHeardAt!;
    await new Promise((resolve) => setTimeout(resolve, 5));
    socket.emit('heartbeat');
    await vi.waitFor(() => expect(hub.store.run(run)!.lastHeardAt).toBeGreaterThan(first));
  });
});

describe('a page', () => {
  it('gets a snapshot, then what changes, each epoch once', async () => {
    const { hub, experiment, run } = await hubWithRun();
    hub.store.append(run, 1, [started({ run, seq: 0 }), epoch({ run, seq: 1 }, 1)]);
    const page = await watch(hub, experiment);
    expect(page.snapshot.epochs).toHaveLength(1);
    for (let seq = 2; seq <= 30; seq++) {
      hub.store.append(run, 1, [epoch({ run, seq }, seq)]);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    hub.store.append(run, 1, [ended({ run, seq: 31 })]);
    await vi.waitFor(() => expect(page.updates.at(-1)?.runs[0]?.state).toBe('succeeded'));
    const epochs = page.updates.flatMap((update) => update.epochs.map((record) => record.epoch));
    expect(epochs).toEqual(Array.from({ length: 29 }, (_, i) => i + 2));
    // Put together to about ten a second: far fewer messages than changes.
    expect(page.updates.length).toBeLessThan(10);
  });

  it('that does not acknowledge gets nothing more until it does, and then everything in one message', async () => {
    const { hub, experiment, run } = await hubWithRun();
    const socket = await connect(hub, '/pages');
    await ask(socket, 'watch', { experiment });
    const got: ExperimentUpdate[] = [];
    let acknowledge: (() => void) | undefined;
    socket.on('update', (update: ExperimentUpdate, received: () => void) => {
      got.push(update);
      acknowledge = received;
    });
    hub.store.append(run, 1, [started({ run, seq: 0 })]);
    await vi.waitFor(() => expect(got).toHaveLength(1));
    for (let seq = 1; seq <= 200; seq++) hub.store.append(run, 1, [epoch({ run, seq }, seq)]);
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(got).toHaveLength(1);
    acknowledge!();
    await vi.waitFor(() => expect(got).toHaveLength(2));
    expect(got[1]!.epochs).toHaveLength(200);
  });

  it('moves its watch, and hears no more of what it left', async () => {
    const { hub, experiment, run } = await hubWithRun();
    const page = await watch(hub, experiment);
    const other = hub.store.createExperiment(someSpec({ name: 'other' })).id;
    await ask(page.socket, 'watch', { experiment: other });
    page.updates.length = 0;
    hub.store.append(run, 1, [started({ run, seq: 0 })]);
    hub.store.changeExperiment(other, { name: 'renamed' });
    await vi.waitFor(() => expect(page.updates).toHaveLength(1));
    expect(page.updates[0]!.experiment.name).toBe('renamed');
    page.socket.emit('unwatch', { experiment: other });
    hub.store.changeExperiment(other, { name: 'again' });
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(page.updates).toHaveLength(1);
  });

  it('gets the list, and again whenever it changes', async () => {
    const { hub, experiment } = await hubWithRun();
    const socket = await connect(hub, '/pages');
    const { experiments } = await ask<{ experiments: ExperimentSummary[] }>(socket, 'watchList');
    expect(experiments.map((entry) => entry.id)).toEqual([experiment]);
    const next = new Promise<ExperimentSummary[]>((resolve) =>
      socket.on('experiments', (message: { experiments: ExperimentSummary[] }, received: () => void) => {
        received();
        resolve(message.experiments);
      }),
    );
    const added = hub.store.createExperiment(someSpec({ name: 'second' }));
    expect((await next).map((entry) => entry.id).sort()).toEqual([experiment, added.id].sort());
  });

  it('that asks for what is not there is told so', async () => {
    const { hub } = await hubWithRun();
    const socket = await connect(hub, '/pages');
    const { problem } = await ask<{ problem: Problem }>(socket, 'watch', { experiment: 'nothing' });
    expect(problem.message).toMatch(/There is no experiment "nothing"/);
  });
});

describe('whatever is sent', () => {
  it('is answered in words or let be, stores nothing and ends nothing', async () => {
    const { hub, experiment, run } = await hubWithRun();
    const ranks = await connect(hub, '/ranks');
    const pages = await connect(hub, '/pages');
    await ask(ranks, 'hello', { run, attempt: 1 });
    const before = hub.store.events(run);
    const nearly = fc.record(
      {
        events: fc.array(fc.oneof(fc.object(), fc.constant({ ...started({ run, seq: 0 }), at: -1 })), {
          maxLength: 3,
        }),
        experiment: fc.oneof(
          fc.string(),
          fc.constantFrom('..', '%2e%2e/x', 'a/../b', '\0', `${experiment}/../x`),
        ),
        run: fc.oneof(fc.string(), fc.constantFrom('../../etc/passwd', `${run}\0`)),
        attempt: fc.oneof(fc.double(), fc.string()),
      },
      { requiredKeys: [] },
    );
    const payload = fc.oneof(fc.jsonValue(), nearly);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('hello', 'report', 'watch', 'unwatch', 'watchList', 'heartbeat', 'none'),
        payload,
        async (event, message) => {
          for (const [socket, known] of [
            [ranks, 'hello'],
            [pages, 'watch'],
          ] as const) {
            const answers: unknown[] = [];
            socket.emit(event, message, (answer: unknown) => answers.push(answer));
            socket.emit(event, message);
            socket.emit(event, message, 'not a function');
            // Messages are answered in order: when this one is, those before it have been.
            expect(await ask(socket, known, {})).toHaveProperty('problem.message');
            for (const answer of answers) expect(answer).toHaveProperty('problem.message');
          }
        },
      ),
      { numRuns: 150 },
    );
    expect(ranks.connected && pages.connected).toBe(true);
    expect(hub.store.events(run)).toEqual(before);
  });
});
