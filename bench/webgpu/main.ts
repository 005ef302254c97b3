import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { closeBackend, startBackend } from '@litmatter/models/node';
import { bundled } from '@litmatter/molecules';
import { dataFolderDatasets } from '@litmatter/molecules/node';
import { chromium } from '@playwright/test';
import { bundle, openBundle } from '../../e2e/support/bundle.ts';
import { startDawn } from './dawn.ts';
import { type Case, type Measured, measure } from './measure.ts';
import type { BenchDoor } from './page.ts';

/**
 * Training steps on WebGPU with our WGSL kernels beside the plain composed ops, by turns: launches and milliseconds. The
 * same in wasm, on one thread, before.
 *
 * npm run bench:webgpu [-- ROUNDS] [-- --only=wasm|node|chromium]
 */

const rounds = Number(process.argv.find((word) => /^\d+$/.test(word)) ?? 7);
const only = process.argv.find((word) => word.startsWith('--only='))?.slice(7);

const cases: readonly Case[] = [
  { model: 'schnet', preset: 'small', molecules: 32 },
  { model: 'schnet', preset: 'paper', molecules: 8 },
  { model: 'nnconv', preset: 'small', molecules: 16 },
  { model: 'dimenet', preset: 'small', molecules: 8 },
  { model: 'pna', preset: 'small', molecules: 32 },
];

declare const bench: BenchDoor;

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

const columns = [24, 8, 8, 20, 7, 26, 7];
const line = (cells: readonly string[]) =>
  process.stdout.write(`${cells.map((cell, k) => cell.padEnd(columns[k])).join('')}\n`);

function heading(where: string): void {
  process.stdout.write(`\n${where}\n`);
  line(['model, molecules', 'atoms', 'edges', 'launches', 'ratio', 'ms a step (median)', 'faster']);
}

function report({ model, preset, molecules }: Case, { atoms, edges, composed, fused }: Measured): void {
  const [slow, quick] = [median(composed.milliseconds), median(fused.milliseconds)];
  line([
    `${model} ${preset}, ${molecules}`,
    String(atoms),
    String(edges),
    `${composed.launches} -> ${fused.launches}`,
    (fused.launches / composed.launches).toFixed(2),
    `${slow.toFixed(1)} -> ${quick.toFixed(1)}`,
    `${(slow / quick).toFixed(1)} x`,
  ]);
}

const set = await bundled.load(dataFolderDatasets('no folder is needed'), {});

async function inWasm(): Promise<void> {
  heading(`Node, wasm on ${(await startBackend('wasm')).device}`);
  for (const one of cases) report(one, await measure(set, one, rounds));
}

async function inNode(): Promise<void> {
  heading(`Node, Dawn on ${await startDawn()}`);
  for (const one of cases) report(one, await measure(set, one, rounds));
}

async function inChromium(): Promise<void> {
  const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync);
  const browser = await chromium.launch({
    ...(executablePath && { executablePath }),
    args: ['--no-sandbox', '--enable-unsafe-webgpu'],
  });
  try {
    const page = await browser.newPage();
    await openBundle(page, await bundle(fileURLToPath(new URL('./page.ts', import.meta.url))));
    heading(`Chromium ${browser.version()} on ${await page.evaluate(() => bench.start())}`);
    for (const one of cases) {
      const given = [set, one, rounds] as const;
      report(
        one,
        await page.evaluate(([molecules, of, times]) => bench.measure(molecules, of, times), given),
      );
    }
  } finally {
    await browser.close();
  }
}

for (const [name, run] of [
  ['wasm', inWasm],
  ['node', inNode],
  ['chromium', inChromium],
] as const) {
  if (only !== undefined && only !== name) continue;
  try {
    await run();
  } catch (error) {
    process.stdout.write(`${name}: not measured, ${(error as Error).message}\n`);
    process.exitCode = 3;
  }
}
await closeBackend();
process.exit();
