import { setTimeout as sleep } from 'node:timers/promises';
import { cluster, mostJobsListed } from '@litmatter/protocol';
import { expect, it, onTestFinished, vi } from 'vitest';
import { hubClient } from '../../src/client.ts';
import { startHub } from '../../src/hub/hub.ts';
import type { BatchReading } from '../../src/launchers/launcher.ts';
import { someSpec, temporaryFolder } from '../support.ts';
import { FakeLauncher } from './fake-launcher.ts';

type Job = BatchReading['jobs'][number];

const job = (id: string, change: Partial<Job> = {}): Job => ({
  ...{ id, name: 'a job', user: 'ann', mine: false, partition: 'main', state: 'running', reason: null },
  ...{ startsAt: 1, submittedAt: 1, timeLimitSeconds: null, nodeCount: 1, nodes: 'n1', cpus: 1, gpus: null },
  ...change,
});

const reading = (jobs: Job[]): BatchReading => ({
  ...{ version: 'slurm 22.05.8', user: 'ann', at: Date.now(), problem: null, partitions: [], nodes: [] },
  jobs,
});

class DescribingLauncher extends FakeLauncher {
  asked = 0;
  queue: Job[] = [];
  async describe(): Promise<BatchReading> {
    this.asked++;
    await sleep(20);
    return reading(this.queue);
  }
}

async function hub(launcher: FakeLauncher) {
  const running = await startHub({ dataFolder: temporaryFolder(), port: 0, launchers: [launcher] });
  onTestFinished(() => running.close());
  return { ...running, call: hubClient(running.url, running.token) };
}

it('a machine without a batch system tells what it has itself', async () => {
  const { call } = await hub(new FakeLauncher());
  const told = cluster.parse(await call('cluster'));
  expect(told.batch).toBeNull();
  expect(told.active).toEqual([]);
  expect(told.launchers).toMatchObject([{ name: 'local', available: true }]);
  expect(told.findings.map(({ name }) => name)).toEqual(expect.arrayContaining(['Node', 'MPI library']));
});

it('fifty pages ask the batch system once', async () => {
  const launcher = new DescribingLauncher();
  const { call } = await hub(launcher);
  await Promise.all(Array.from({ length: 50 }, () => call('cluster')));
  await call('cluster');
  expect(launcher.asked).toBe(1);
});

it("this hub's own jobs lead to their runs, by the number that launching them left; others' do not", async () => {
  const launcher = new DescribingLauncher(2);
  const { call, store } = await hub(launcher);
  const { id } = await call('createExperiment', { body: someSpec({ devices: [1, 2] }) });
  await vi.waitFor(() => expect(launcher.alive).toHaveLength(2));
  store.setReference(`${id}.0`, 1, '17');
  // Runs that share a job are told apart behind its number.
  store.setReference(`${id}.1`, 1, '18.0');
  launcher.queue = [job('17', { mine: true }), job('18', { mine: true }), job('170'), job('1')];
  const { batch, active } = await call('cluster');
  expect(batch!.jobs.map(({ runs }) => runs.map((run) => run.id))).toEqual([
    [`${id}.0`],
    [`${id}.1`],
    [],
    [],
  ]);
  expect(batch!.jobs[0]!.runs[0]).toMatchObject({ experiment: id, index: 0 });
  expect(batch!.counts).toEqual({ running: 4, pending: 0, mine: 2 });
  expect(active.map((run) => [run.id, run.devices])).toEqual([
    [`${id}.0`, 1],
    [`${id}.1`, 2],
  ]);
});

it('a queue of thousands is counted whole and listed in part', async () => {
  const launcher = new DescribingLauncher();
  launcher.queue = Array.from({ length: 3_000 }, (_, i) =>
    job(String(i), { state: i < 100 ? 'running' : 'pending' }),
  );
  const { call } = await hub(launcher);
  const { batch } = await call('cluster');
  expect(batch!.jobs).toHaveLength(mostJobsListed);
  expect(batch!.counts).toEqual({ running: 100, pending: 2_900, mine: 0 });
});
