import { fileURLToPath } from 'node:url';
import { expect, type Page, test } from '@playwright/test';
import type { Door } from '../packages/training/test/webgpu/page.ts';
import { bundle, openBundle } from './support/bundle.ts';

/** Steps of training that the graphics device takes itself, in a real browser: without a GPU, on SwiftShader. */

declare const door: Door;

const entry = fileURLToPath(new URL('../packages/training/test/webgpu/page.ts', import.meta.url));

test.describe.configure({ mode: 'serial' });

let page: Page;

test.beforeAll(async ({ browser }) => {
  const files = await bundle(entry);
  page = await browser.newPage();
  await openBundle(page, files);
  expect(await page.evaluate(() => door.start())).toBe('webgpu');
});

test.afterAll(() => page?.close());

for (const size of [64, 1_001]) {
  test(`20 steps of Adam of ${size} parameters on the device are the host's`, async () => {
    expect(await page.evaluate((count) => door.adam(count, 20), size)).toBeLessThan(1e-6);
  });
}

test('tensors of many sizes share a few buffers, and are read as they were written', async () => {
  const { wrong, allocated } = await page.evaluate(() => door.sizes(1_001, 64));
  expect(wrong).toBe(0);
  // A buffer each would be half a megabyte.
  expect(allocated).toBeLessThan(65_536);
});

test('a trainer whose device steps learns as one whose host does, and its checkpoints are of what it predicts with', async () => {
  const walk = await page.evaluate(() => door.trainer(19));
  expect(walk.fromHost).toBeLessThan(1e-5);
  expect(walk.fromPosition).toBeLessThan(1e-5);
  expect(walk.left).toBe(0);
  expect(walk.losses[1]).toBeLessThan(walk.losses[0]);
});
