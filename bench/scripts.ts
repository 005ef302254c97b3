import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from '@playwright/test';
import { dist } from '../e2e/support/files.ts';

/** Kilobytes of gzipped JavaScript that the page itself has loaded so far, and its workers beside it. */
export async function scriptsOf(page: Page): Promise<{ page: number; workers: number }> {
  const addresses = await page.evaluate(() =>
    performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname),
  );
  const textOf = (file: string) => readFileSync(join(dist, 'assets', file), 'utf8');
  const workers = new Set(page.workers().map((worker) => basename(new URL(worker.url()).pathname)));
  // What a worker imports stands in the page's list too.
  for (const file of workers) {
    for (const [, imported] of textOf(file).matchAll(/\b(?:from|import)\s*"\.\/([\w.-]+\.js)"/g)) {
      workers.add(imported!);
    }
  }
  const scripts = addresses.filter((address) => address.endsWith('.js')).map((address) => basename(address));
  const own = new Set(scripts.filter((file) => !workers.has(file)));
  const kilobytes = (files: Iterable<string>) =>
    [...files].reduce((sum, file) => sum + gzipSync(textOf(file)).length / 1e3, 0);
  return { page: kilobytes(own), workers: kilobytes(workers) };
}
