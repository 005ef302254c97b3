/**
 * How much JavaScript does each page load where it is the first that a person opens? Starts a hub of its own with one
 * experiment, opens every page in a browser that has nothing yet, and prints kilobytes, gzipped: what had come when the
 * page's heading stood there, and what had come once the network was still (charts and the like follow when they are
 * needed). A page's workers are not counted: bench:prototype tells of the one there is.
 *
 *   npm run build && npm run bench:first-load
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { experimentSpec } from '@litmatter/protocol';
import { chromium } from '@playwright/test';
import { startHub } from '../apps/agent/src/hub/hub.ts';
import config from '../e2e/playwright.config.ts';
import { dist } from '../e2e/support/files.ts';
import { scriptsOf } from './scripts.ts';

if (!existsSync(dist)) throw new Error('The dashboard is not built: npm run build.');

/** What the project holds itself to for the first page that is opened. */
const most = 200;

const folder = mkdtempSync(join(tmpdir(), 'litmatter-bench-'));
const hub = await startHub({ dataFolder: folder, port: 0, launchers: [] });
const spec = experimentSpec.parse({
  name: 'A small experiment',
  models: [{ name: 'schnet' }],
  dataset: { name: 'bundled' },
  devices: [1, 2],
});
const { id } = hub.store.createExperiment(spec, undefined, 'D');
const browser = await chromium.launch(config.use?.launchOptions);
try {
  const rows = [['page', 'at its heading', 'when still']];
  for (const route of [
    'experiments',
    `experiments/${id}`,
    'design',
    'prototype',
    'data',
    'cluster',
    'demo',
  ]) {
    const context = await browser.newContext();
    const token = new URL(hub.address).searchParams.get('token')!;
    // Signed in without a page: what that would load is not to be found in the browser's memory.
    await context.request.get(new URL(`?token=${token}`, hub.url).href);
    const page = await context.newPage();
    await page.goto(new URL(route, hub.url).href);
    await page.locator('h1').first().waitFor();
    const { page: first } = await scriptsOf(page);
    await page.waitForLoadState('networkidle');
    const { page: whole } = await scriptsOf(page);
    const over = first > most ? `  more than ${most} kB` : '';
    rows.push([`/${route.replace(id, ':id')}`, `${first.toFixed(1)} kB`, `${whole.toFixed(1)} kB${over}`]);
    await context.close();
  }
  for (const [route, first, whole] of rows)
    process.stdout.write(`${route!.padEnd(18)} ${first!.padStart(14)}  ${whole!.padStart(12)}\n`);
} finally {
  await browser.close();
  await hub.close();
  rmSync(folder, { recursive: true, force: true });
}
