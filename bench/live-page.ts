/**
 * Does the page of a large experiment stay smooth while epochs arrive? Starts a hub of its own, stores an experiment of
 * 416 runs through the hub's store, opens its page in Chromium, and stores 200 epoch records a second while the browser
 * tells of every task that held its main thread for more than 50 ms (the Long Tasks API), of the longest of all (from a
 * trace) and of the frames it drew.
 *
 *   npm run bench:live-page -- [--seconds 10] [--rate 200] [--before 20] [--tab time]
 *
 * Needs the dashboard built (npm run build) and Debian's chromium.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type EpochEvent, experimentSpec } from '@litmatter/protocol';
import { chromium } from '@playwright/test';
import { startHub } from '../apps/agent/src/hub/hub.ts';
import type { Launcher } from '../apps/agent/src/launchers/launcher.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    rate: { type: 'string', default: '200' },
    /** Epochs of each run before the page is opened. */
    before: { type: 'string', default: '20' },
    tab: { type: 'string', default: 'time' },
  },
});
const [seconds, rate, before] = [values.seconds, values.rate, values.before].map(Number) as [
  number,
  number,
  number,
];

/** 416 runs: 4 models, 13 device counts, 8 repeats. */
const spec = experimentSpec.parse({
  name: 'Four models on up to 416 devices',
  models: [{ name: 'schnet', grid: { hiddenChannels: [32, 64] } }, { name: 'nnconv' }, { name: 'pna' }],
  dataset: { name: 'bundled' },
  training: { epochs: 1_000 },
  devices: [1, 2, 3, 4, 8, 12, 16, 32, 64, 128, 256, 364, 416],
  repeats: 8,
});

/** Starts nothing: the records come from here. */
const idle: Launcher = {
  name: 'local',
  limit: 0,
  launch: () => Promise.reject(new Error('nothing is launched')),
  adopt: () => Promise.resolve(undefined),
  probe: () => Promise.resolve({ name: 'local', available: true, detail: '', mend: null, devices: null }),
};

const folder = mkdtempSync(join(tmpdir(), 'litmatter-bench-'));
const hub = await startHub({ dataFolder: folder, port: 0, launchers: [idle] });
const { id } = hub.store.createExperiment(spec, undefined, 'D');
const runs = hub.store.runs(id).map((run) => ({ id: run.id, devices: run.spec.devices, seq: 0 }));

/** A record as ranks make it, with times that scatter about a law. */
function record(run: (typeof runs)[number]): EpochEvent {
  const { devices } = run;
  const number = run.seq;
  const time = (0.6 + 40 / devices) * (1 + 0.05 * Math.sin(7 * number + devices));
  const ranks = Array.from({ length: devices }, (_, rank) => ({
    ...{ rank, seconds: time, data: 0.05 * time, compute: 0.7 * time },
    ...{ communication: 0.15 * time, optimiser: 0.05 * time, samples: 1_000 },
  }));
  return {
    ...{ type: 'epoch', run: run.id, attempt: 1, seq: run.seq++, at: Date.now(), devices, epoch: number },
    ...{
      seconds: time,
      validationSeconds: 0.1,
      steps: Math.ceil(1_000 / devices),
      samples: 32_000,
      padded: 0,
    },
    ...{ trainLoss: 1 / number, validationMae: 1 / Math.sqrt(number), learningRate: 1e-3, imbalance: 1.02 },
    ranks,
  };
}

for (const run of runs) {
  hub.store.beginAttempt(run.id);
  hub.store.append(run.id, 1, [
    {
      ...{ type: 'started', run: run.id, attempt: 1, seq: run.seq++, at: Date.now(), devices: run.devices },
      ...{
        ranks: [],
        collective: 'threads',
        parameters: 60_000,
        trainSamples: 32_000,
        validationSamples: 4_000,
      },
      ...{ stepsPerEpoch: Math.ceil(1_000 / run.devices), oversubscribed: false },
    },
    ...Array.from({ length: before }, () => record(run)),
  ]);
}

const browser = await chromium.launch({
  ...(process.env.CHROMIUM !== '' && { executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium' }),
  args: ['--no-sandbox'],
});
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(hub.address);
  await page.goto(new URL(`experiments/${id}?show=${values.tab}`, hub.url).href);
  await page.locator('#scaling-chart').waitFor();
  await page.waitForTimeout(3_000);
  await page.evaluate(() => {
    const seen = { tasks: [] as number[], frames: 0 };
    Object.assign(globalThis, { seen });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) seen.tasks.push(entry.duration);
    }).observe({ type: 'longtask' });
    const frame = () => {
      seen.frames++;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  await browser.startTracing(page, { categories: ['toplevel', '__metadata'] });
  const batch = Math.max(1, Math.round(rate / 20));
  const end = performance.now() + 1e3 * seconds;
  let next = 0;
  let sent = 0;
  while (performance.now() < end) {
    const due = performance.now() + 1e3 * (batch / rate);
    for (let k = 0; k < batch; k++) {
      const run = runs[next++ % runs.length]!;
      hub.store.append(run.id, 1, [record(run)]);
      sent++;
    }
    await sleep(Math.max(0, due - performance.now()));
  }
  const { tasks, frames } = await page.evaluate(
    () => (globalThis as unknown as { seen: { tasks: number[]; frames: number } }).seen,
  );
  const all = mainThreadTasks(await browser.stopTracing());
  process.stdout.write(
    [
      `${runs.length} runs with ${before} epochs each, then ${(sent / seconds).toFixed(0)} records a second for ${seconds} s, tab "${values.tab}"`,
      `frames a second        ${(frames / seconds).toFixed(0)}`,
      `tasks over 50 ms       ${tasks.length}`,
      `longest tasks          ${all
        .slice(0, 5)
        .map((one) => `${one.toFixed(0)} ms`)
        .join(', ')}`,
      `main thread busy       ${((100 * all.reduce((sum, one) => sum + one, 0)) / (1e3 * seconds)).toFixed(0)} %`,
      '',
    ].join('\n'),
  );
} finally {
  await browser.close();
  await hub.close();
  rmSync(folder, { recursive: true, force: true });
}

/** Milliseconds of every task of the page's main thread, the longest first, from a trace of Chromium. */
function mainThreadTasks(trace: Buffer): number[] {
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] };
  const threads = traceEvents.filter(({ args }) => args?.name === 'CrRendererMain');
  const durations = (pid: number, tid: number) =>
    traceEvents.flatMap((event) =>
      event.pid === pid && event.tid === tid && event.name.endsWith('RunTask') && event.dur !== undefined
        ? [event.dur / 1e3]
        : [],
    );
  // A browser holds other renderers ready; the page's is the one that works.
  const busy = threads
    .map(({ pid, tid }) => durations(pid, tid))
    .sort((a, b) => b.reduce((x, y) => x + y, 0) - a.reduce((x, y) => x + y, 0));
  return (busy[0] ?? []).sort((a, b) => b - a);
}

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds. */
  readonly dur?: number;
  readonly args?: { readonly name?: string };
}
