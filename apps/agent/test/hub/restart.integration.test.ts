import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EpochEvent, ExperimentSpec } from '@litmatter/protocol';
import { describe, expect, it, onTestFinished } from 'vitest';
import { attemptFolder } from '../../src/folders.ts';
import { findByArgument, startOf } from '../../src/launchers/processes.ts';
import { freePort, litmatter, type ServedHub, serve, spooled, until } from '../programs.ts';
import { someSpec, temporaryFolder } from '../support.ts';

/** Small enough for an epoch of some tens of milliseconds, long enough for things to happen to it. */
const quick = (change: Partial<ExperimentSpec> = {}, epochs = 12, maxRestarts = 3) =>
  someSpec({
    dataset: { name: 'bundled', limit: 200 },
    training: { epochs, batchPerDevice: 16, maxRestarts },
    devices: [1],
    backend: 'wasm',
    ...change,
  });

/** The rank's process of an attempt; none is left behind when the test ends. */
function rankOf(dataFolder: string, run: string, attempt = 1): number | undefined {
  const pid = findByArgument(join(attemptFolder(dataFolder, run, attempt), 'job.json'));
  if (pid !== undefined) {
    const start = startOf(pid);
    onTestFinished(() => {
      if (startOf(pid) === start) process.kill(pid, 'SIGKILL');
    });
  }
  return pid;
}

const epochsOf = async (hub: ServedHub, id: string): Promise<EpochEvent[]> =>
  (await hub.call('experiment', { params: { id } })).epochs;

const stateOf = async (hub: ServedHub, id: string) =>
  (await hub.call('experiment', { params: { id } })).experiment.state;

async function everyEvent(hub: ServedHub, run: string) {
  return (await hub.call('runEvents', { params: { id: run }, query: { limit: '5000' } })).events;
}

describe('a hub killed in the middle of a run', () => {
  // All at once: what takes long is the waiting.
  it('for 0, 1, 20 or 60 s loses no epoch and doubles none, with its rank or without', async () => {
    const killed = async (downtime: number, rankToo: boolean) => {
      const folder = temporaryFolder();
      const port = await freePort();
      const first = await serve(folder, port);
      const { id } = await first.call('createExperiment', { body: quick({}, 25) });
      const run = `${id}.0`;
      await until(
        () => epochsOf(first, id),
        (epochs) => epochs.length >= 2,
      );
      const pid = rankOf(folder, run);
      first.child.kill('SIGKILL');
      if (rankToo && pid !== undefined) process.kill(pid, 'SIGKILL');
      await first.finished;
      await sleep(1e3 * downtime);

      const second = await serve(folder, port);
      const end = await until(
        () => second.call('experiment', { params: { id } }),
        ({ experiment }) => experiment.state !== 'running',
        90,
      );
      const { attempt } = end.runs[0]!;
      const truth = Array.from({ length: attempt }, (_, i) => spooled(folder, run, i + 1)).flat();
      expect(await everyEvent(second, run)).toEqual(truth);
      // A killed rank is never "succeeded" by itself: unless it had said its end, another attempt has gone on.
      const said = spooled(folder, run, 1).some((event) => event.type === 'ended');
      expect(attempt).toBe(said ? 1 : 2);
      if (!rankToo) expect(attempt).toBe(1);
      expect(end.experiment.state).toBe('succeeded');
      expect(end.epochs.map((epoch) => epoch.epoch)).toEqual(Array.from({ length: 25 }, (_, i) => i + 1));
      second.child.kill('SIGTERM');
      await second.finished;
    };
    await Promise.all([
      ...[0, 1, 20, 60].map((downtime) => killed(downtime, false)),
      ...[0, 1, 20].map((downtime) => killed(downtime, true)),
    ]);
  }, 300_000);

  it('that comes back at another port still hears of the run, by its spool', async () => {
    const folder = temporaryFolder();
    const first = await serve(folder, await freePort());
    const { id } = await first.call('createExperiment', { body: quick({}, 40) });
    const run = `${id}.0`;
    await until(
      () => epochsOf(first, id),
      (epochs) => epochs.length >= 1,
    );
    rankOf(folder, run);
    first.child.kill('SIGKILL');
    await first.finished;
    const second = await serve(folder, await freePort());
    const told = (await epochsOf(second, id)).length;
    await until(
      () => epochsOf(second, id),
      (epochs) => epochs.length > told,
    );
    await until(
      () => stateOf(second, id),
      (state) => state === 'succeeded',
      90,
    );
    expect(await everyEvent(second, run)).toEqual(spooled(folder, run));
  });

  it('goes on with the queue, and starts nothing twice', async () => {
    const folder = temporaryFolder();
    const port = await freePort();
    const first = await serve(folder, port);
    const { id } = await first.call('createExperiment', { body: quick({ devices: [1, 2] }, 8) });
    await until(
      () => epochsOf(first, id),
      (epochs) => epochs.length >= 1,
    );
    rankOf(folder, `${id}.0`);
    first.child.kill('SIGKILL');
    await first.finished;
    const second = await serve(folder, port);
    const { runs, epochs } = await until(
      () => second.call('experiment', { params: { id } }),
      ({ experiment }) => experiment.state === 'succeeded',
      90,
    );
    expect(runs.map((run) => [run.state, run.attempt])).toEqual([
      ['succeeded', 1],
      ['succeeded', 1],
    ]);
    expect(epochs).toHaveLength(16);
  });
});

describe('a rank killed in the middle of a run', () => {
  it('fails its run with the signal in words, keeps what it has measured, and can be tried again', async () => {
    const folder = temporaryFolder();
    const hub = await serve(folder, await freePort());
    const { id } = await hub.call('createExperiment', { body: quick({}, 500, 0) });
    const run = `${id}.0`;
    await until(
      () => epochsOf(hub, id),
      (epochs) => epochs.length >= 2,
    );
    process.kill(rankOf(folder, run)!, 'SIGKILL');
    await until(
      () => stateOf(hub, id),
      (state) => state === 'failed',
    );
    const [view] = (await hub.call('experiment', { params: { id } })).runs;
    expect(view!.reason).toMatch(/^The rank process was killed \(signal 9\)/);
    const kept = spooled(folder, run);
    expect(await everyEvent(hub, run)).toEqual(kept);

    const retried = await hub.call('retryRun', { params: { id: run } });
    expect(retried).toMatchObject({ attempt: expect.any(Number), reason: null });
    await until(
      () => hub.call('runEvents', { params: { id: run }, query: { limit: '5000' } }),
      ({ events }) => events.some((event) => event.attempt === 2 && event.type === 'epoch'),
    );
    rankOf(folder, run, 2);
    await hub.call('cancelRun', { params: { id: run } });
    await until(
      () => stateOf(hub, id),
      (state) => state === 'cancelled',
    );
    const events = await everyEvent(hub, run);
    expect(events.filter((event) => event.attempt === 1)).toEqual(kept);
    expect(events.filter((event) => event.attempt === 2)).toEqual(spooled(folder, run, 2));
  });
});

describe('cancel', () => {
  it('stops the rank within seconds, and says so', async () => {
    const folder = temporaryFolder();
    const hub = await serve(folder, await freePort());
    const { id } = await hub.call('createExperiment', { body: quick({ devices: [2, 1] }, 500) });
    await until(
      () => epochsOf(hub, id),
      (epochs) => epochs.length >= 1,
    );
    const pid = rankOf(folder, `${id}.0`)!;
    await hub.call('cancelExperiment', { params: { id } });
    await until(
      () => stateOf(hub, id),
      (state) => state === 'cancelled',
      15,
    );
    await until(
      () => startOf(pid),
      (start) => start === undefined,
      15,
    );
    const { runs } = await hub.call('experiment', { params: { id } });
    expect(runs.map((run) => run.state)).toEqual(['cancelled', 'cancelled']);
    // Only now may the experiment go, with everything it left on disk.
    await hub.call('deleteExperiment', { params: { id } });
    expect((await hub.call('listExperiments')).experiments).toEqual([]);
    expect(() => readFileSync(join(attemptFolder(folder, `${id}.0`, 1), 'spool.jsonl'))).toThrow(/ENOENT/);
  });
});

describe('two hubs', () => {
  it('never share a data folder', async () => {
    const folder = temporaryFolder();
    const first = await serve(folder, await freePort());
    const second = await litmatter(['serve', '--data', folder, '--port', '0']).finished;
    expect(second.code).toBe(2);
    expect(second.stderr).toMatch(/Another hub already works in .* \(process \d+ on .*, http:/);
    first.child.kill('SIGKILL');
    await first.finished;
    // The lock goes with the process, however it ended.
    await serve(folder, await freePort());
  });
});
