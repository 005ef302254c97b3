import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { smallSpec, snapshot, submit } from './support/api.ts';
import { expect, test } from './support/hub.ts';

async function expectAccessible(page: Page, where: string) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map(
    (v) => `${v.id}: ${v.help} (${v.nodes.map((n) => n.target.join(' ')).join(', ')})`,
  );
  expect(found, where).toEqual([]);
}

test('every page is accessible in both schemes and fits 1280 and 390 pixels', async ({ hub, page }) => {
  test.setTimeout(300_000);
  const id = await submit(hub, smallSpec({ devices: [1, 2, 4] }));
  await expect
    .poll(async () => (await snapshot(hub, id)).experiment.state, { timeout: 90_000 })
    .toBe('succeeded');
  await page.goto(hub.address);
  for (const path of [
    '/experiments',
    `/experiments/${id}`,
    '/design',
    '/demo',
    '/prototype',
    '/cluster',
    '/data?name=bundled',
  ]) {
    for (const [colorScheme, axeAt] of [
      ['light', 1280],
      ['dark', 390],
    ] as const) {
      await page.emulateMedia({ colorScheme });
      await page.goto(new URL(path, hub.address).href);
      await expect(page.getByRole('heading').first()).toBeVisible();
      await page.waitForLoadState('networkidle').catch(() => {});
      for (const width of [1280, 390]) {
        await page.setViewportSize({ width, height: 844 });
        const where = `${path}, ${colorScheme}, ${width} px`;
        const overflow = () =>
          page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        await expect.poll(overflow, { message: `${where}: scrolls sideways` }).toBeLessThanOrEqual(0);
        if (width === axeAt) await expectAccessible(page, where);
      }
    }
  }
});
