import { join } from 'node:path';
import v8 from 'node:v8';
import vm from 'node:vm';
import type { ExperimentUpdate } from '@litmatter/protocol';
import { io } from 'socket.io-client';
import { expect, it, onTestFinished, vi } from 'vitest';
import { type HubOptions, startHub } from '../../src/hub/hub.ts';
import { Link } from '../../src/rank/link.ts';
import { Spool } from '../../src/rank/spool.ts';
import { freePort } from '../programs.ts';
import { epoch, someSpec, started, temporaryFolder } from '../support.ts';
import { FakeLauncher } from './fake-launcher.ts';

/** Bytes in use after everything that can be thrown away has been. */
function heapInUse(): number {
  v8.setFlagsFromString('--expose-gc');
  vm.runInNewContext('gc')();
  return process.memoryUsage().heapUsed;
}

it('a page that stands still costs no memory, and is told everything in a few messages when it goes on', async () => {
  const launcher = new FakeLauncher();
  const hub = await startHub({ dataFolder: temporaryFolder(), port: 0, launchers: [launcher] });
  onTestFinished(() => hub.close());
  const { id } = hub.store.createExperiment(someSpec({ devices: [416] }));
  const run = `${id}.0`;
  hub.scheduler.kick();
  await vi.waitFor(() => expect(launcher.alive).toHaveLength(1));
  const page = io(new URL('/pages', hub.url).href, { auth: { token: hub.token }, transports: ['websocket'] });
  onTestFinished(() => void page.disconnect());
  const got: ExperimentUpdate[] = [];
  let acknowledge: (() => void) | undefined;
  page.on('update', (update: ExperimentUpdate, received: () => void) => {
    got.push(update);
    if (acknowledge) received();
    else acknowledge = received;
  });
  await page.emitWithAck('watch', { experiment: id });

  // A minute's worth at 25 records a second of 416 ranks each: 75 MB of JSON.
  hub.store.append(run, 1, [started({ run, seq: 0 }, 416)]);
  await vi.waitFor(() => expect(got).toHaveLength(1));
  const heap: number[] = [];
  for (let seq = 1; seq <= 1_500; seq++) {
    hub.store.append(run, 1, [epoch({ run, seq }, seq, 416)]);
    if (seq % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
    if (seq % 300 === 0) heap.push(heapInUse());
  }
  expect(got).toHaveLength(1);
  expect(Math.max(...heap) - Math.min(...heap)).toBeLessThan(10 * 2 ** 20);

  acknowledge!();
  await vi.waitFor(() => expect(got.flatMap((update) => update.epochs)).toHaveLength(1_500), 10_000);
  expect(got.length).toBeLessThan(6);
});

it('a hundred runs find their hub again after it was restarted, and none is launched twice', async () => {
  const launcher = new FakeLauncher(100);
  const folder = temporaryFolder();
  const options: HubOptions = { dataFolder: folder, port: await freePort(), launchers: [launcher] };
  const first = await startHub(options);
  const spec = someSpec({ devices: Array.from({ length: 10 }, (_, i) => i + 1), repeats: 10 });
  const { id } = first.store.createExperiment(spec);
  first.scheduler.kick();
  await vi.waitFor(() => expect(launcher.alive).toHaveLength(100), 10_000);

  const ranks = Array.from({ length: 100 }, (_, index) => {
    const run = `${id}.${index}`;
    const spool = new Spool(join(folder, `${index}.jsonl`), { run, attempt: 1 });
    const { run: _run, attempt: _attempt, seq: _seq, at: _at, ...body } = started({ run, seq: 0 });
    spool.append(body);
    const link = new Link({
      url: first.url,
      tokenFile: first.tokenFile,
      run,
      attempt: 1,
      spool,
      onCancel: () => {},
      log: () => {},
      backoff: { least: 0.1, most: 3 },
    });
    onTestFinished(() => {
      link.close();
      spool.close();
    });
    return { run, spool, link };
  });
  const held = (store: typeof first.store) =>
    ranks.filter(({ run }) => store.events(run).events.length > 0).length;
  await vi.waitFor(() => expect(held(first.store)).toBe(100), 20_000);
  await first.close();

  for (const { run, spool, link } of ranks) {
    const { run: _run, attempt: _attempt, seq: _seq, at: _at, ...body } = epoch({ run, seq: 1 }, 1);
    spool.append(body);
    link.wake();
  }
  const second = await startHub(options);
  onTestFinished(() => second.close());
  await vi.waitFor(() => expect(second.store.summary(id)!.epochsDone).toBe(100), 60_000);
  for (const { run } of ranks) expect(second.store.events(run).events.map(({ seq }) => seq)).toEqual([0, 1]);
  expect(launcher.launches).toHaveLength(100);
});
