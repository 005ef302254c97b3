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
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const width of [1280, 390]) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 844 });
        await page.goto(new URL(path, hub.address).href);
        await expect(page.getByRole('heading').first()).toBeVisible();
        await page.waitForLoadState('networkidle').catch(() => {});
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(overflow, `${path} at ${width} px scrolls sideways`).toBeLessThanOrEqual(0);
        await expectAccessible(page, `${path}, ${colorScheme}, ${width} px`);
      }
    }
  }
});
