import type { Page } from '@playwright/test';
import { smallSpec, snapshot, submit } from './support/api.ts';
import { expect, test } from './support/hub.ts';

/** The hub goes away under open pages, and comes back. */

const connection = (page: Page) =>
  page.getByRole('banner').getByText(/^(Live|Reconnecting, last heard .* ago)$/);

test('every page says how old it is while the hub is away, loses nothing, and recovers by itself', async ({
  hub,
  page,
  context,
}) => {
  test.setTimeout(240_000);
  const id = await submit(hub, smallSpec());
  await expect
    .poll(async () => (await snapshot(hub, id)).experiment.state, { timeout: 90_000 })
    .toBe('succeeded');
  await page.goto(hub.address);
  const pages = new Map<string, Page>();
  for (const path of ['experiments', `experiments/${id}`, 'design', 'prototype', 'data', 'cluster', 'demo']) {
    const tab = await context.newPage();
    await tab.goto(new URL(path, hub.address).href);
    await expect(tab.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(connection(tab)).toHaveText('Live');
    pages.set(path, tab);
  }

  await hub.stop('SIGKILL');
  for (const [path, tab] of pages) {
    await expect(connection(tab), path).toHaveText(/^Reconnecting, last heard .* ago$/);
    await expect(tab.getByRole('heading', { level: 1 }), path).toBeVisible();
    await expect(tab.getByText('This page has a fault'), path).toHaveCount(0);
  }
  await expect(pages.get(`experiments/${id}`)!.getByText('Succeeded').first()).toBeVisible();
  const cluster = pages.get('cluster')!;
  await expect(cluster.getByText(/^The hub does not answer: what follows was read/)).toBeVisible({
    timeout: 40_000,
  });
  // What is asked for meanwhile fails in words, and is answered once the hub is back.
  const design = pages.get('design')!;
  await design.getByRole('textbox', { name: 'Epochs' }).fill('7');
  await expect(design.getByText(/^The hub does not answer/)).toBeVisible({ timeout: 40_000 });

  await hub.start();
  for (const [path, tab] of pages) {
    await expect(connection(tab), path).toHaveText('Live', { timeout: 60_000 });
    await expect(tab.getByText(/^The hub does not answer/), path).toHaveCount(0);
  }
  await expect(design.getByRole('button', { name: /^Launch \d+ runs?$/ })).toBeEnabled();
  await expect(design.getByRole('textbox', { name: 'Epochs' })).toHaveValue('7');
});

test('with the hub away the other pages open all the same, and say what they lack', async ({ hub, page }) => {
  test.setTimeout(240_000);
  await page.goto(hub.address);
  await expect(connection(page)).toHaveText('Live');
  await expect
    .poll(
      () =>
        page.evaluate(() =>
          performance.getEntriesByType('resource').some(({ name }) => /Cluster-/.test(name)),
        ),
      {
        timeout: 30_000,
      },
    )
    .toBe(true);
  await hub.stop('SIGKILL');
  await page.getByRole('link', { name: 'Cluster' }).click();
  await expect(page.getByText('The hub could not answer')).toBeVisible({ timeout: 40_000 });
  await page.getByRole('link', { name: 'Design', exact: true }).click();
  await expect(page).toHaveURL(/design/);
});

test('a page whose code never came says so while the hub is away, takes nothing else with it, and comes by itself', async ({
  hub,
  page,
  context,
}) => {
  await context.request.get(hub.address);
  await page.goto(new URL('data', hub.address).href);
  await expect(page.getByRole('heading', { name: 'Data', level: 1 })).toBeVisible();
  await expect(connection(page)).toHaveText('Live');
  await hub.stop('SIGKILL');
  await page.getByRole('link', { name: 'Cluster' }).hover();
  await page.waitForTimeout(1_000);
  await expect(page.getByRole('heading', { name: 'Data', level: 1 })).toBeVisible();
  await page.getByRole('link', { name: 'Cluster' }).click();
  await expect(page.getByText(/what this page is made of comes from it/)).toBeVisible();
  await hub.start();
  await expect(page.getByRole('heading', { name: 'Cluster', level: 1 })).toBeVisible({ timeout: 60_000 });
});
