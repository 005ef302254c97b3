/**
 * What does the Prototype page cost? Opens the built dashboard in Chromium from a host of plain files, trains SchNet on
 * the bundled molecules on WebAssembly, and prints the time to the first step, the longest the main thread was blocked
 * while training (tasks over 50 ms as the browser reports them, and the longest gap between two frames), the time of
 * a step, and how much JavaScript the page loads at first, gzipped (bench:first-load has all pages).
 *
 *   npm run build && npm run bench:prototype -- [--seconds 5] [--model schnet:small] [--batch 32] [--backend wasm]
 */
import { existsSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { chromium, type Page } from '@playwright/test';
import config from '../e2e/playwright.config.ts';
import { dist, hostFiles } from '../e2e/support/files.ts';
import { scriptsOf } from './scripts.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    model: { type: 'string', default: 'schnet:small' },
    batch: { type: 'string', default: '32' },
    backend: { type: 'string', default: 'wasm' },
  },
});
if (!existsSync(dist)) throw new Error('The dashboard is not built: npm run build.');

interface Watch {
  tasks: number[];
  gap: number;
  frames: number;
  last: number;
}

/** From here on, note long tasks and the gaps between frames. */
function watch(): void {
  const seen: Watch = { tasks: [], gap: 0, frames: 0, last: performance.now() };
  Object.assign(window, { seen });
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) seen.tasks.push(duration);
  }).observe({ type: 'longtask' });
  const frame = (now: number) => {
    if (seen.frames > 0) seen.gap = Math.max(seen.gap, now - seen.last);
    seen.last = now;
    seen.frames++;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

const taken = (page: Page) => page.evaluate(() => (window as unknown as { seen: Watch }).seen);
const say = (label: string, value: string) => process.stdout.write(`${label.padEnd(44)} ${value}\n`);
const ms = (value: number) => `${Math.round(value)} ms`;

const path = '/prototype/';
const host = await hostFiles(path);
const browser = await chromium.launch(config.use?.launchOptions);
try {
  say('Computer', `${cpus()[0]?.model.trim() ?? 'unknown'}, ${availableParallelism()} cores`);
  const fresh = await browser.newPage();
  await fresh.goto(`${host.address}#/prototype`);
  await fresh.getByRole('heading').first().waitFor();
  await fresh.waitForLoadState('networkidle');
  const { page: first, workers } = await scriptsOf(fresh);
  const beside = workers > 0 ? `, its worker ${workers.toFixed(0)} kB` : '';
  say('JavaScript of the page, gzipped', `${first.toFixed(0)} kB${beside}`);
  await fresh.close();

  const { model, batch, backend } = values;
  const own = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await own.goto(`${host.address}#/prototype?model=${model}&batch=${batch}&backend=${backend}`);
  await own.getByRole('button', { name: 'Start' }).and(own.locator(':enabled')).waitFor();
  await own.waitForLoadState('networkidle');

  await own.evaluate(watch);
  const start = performance.now();
  await own.getByRole('button', { name: 'Start' }).click();
  await own.getByText(/step [1-9]\d* of/).waitFor({ timeout: 120_000 });
  say('From Start to the first step shown', ms(performance.now() - start));
  const beginning = await taken(own);
  say('  longest task of the main thread meanwhile', ms(Math.max(0, ...beginning.tasks)));

  await own.evaluate(watch);
  await own.waitForTimeout(1e3 * Number(values.seconds));
  const { tasks, gap, frames } = await taken(own);
  say(`Training for ${values.seconds} s: tasks over 50 ms`, String(tasks.length));
  say('  longest of them', tasks.length > 0 ? ms(Math.max(...tasks)) : 'none');
  say('  longest gap between two frames', `${ms(gap)} of ${frames} frames`);
  say('What computes', (await own.getByRole('region', { name: 'What computes' }).textContent()) ?? '');
} finally {
  await browser.close();
  host.close();
}
