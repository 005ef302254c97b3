import { expect, test } from '@playwright/test';
import { hostFiles } from './support/files.ts';
import { tiny, withoutGpu } from './support/prototype.ts';

test.use(withoutGpu);

test('the built page on a host of plain files, under a path of its own, prototypes and says that launching needs a hub', async ({
  page,
}) => {
  const host = await hostFiles('/~chemist/litmatter/');
  const missing: string[] = [];
  page.on('response', (response) => response.status() >= 400 && missing.push(response.url()));
  try {
    await page.goto(host.address);
    await expect(page.getByRole('heading', { name: 'Prototype' })).toBeVisible();
    await page.goto(`${host.address}#/prototype?model=${tiny}&limit=200`);
    await page.getByRole('button', { name: 'Start' }).and(page.locator(':enabled')).click();
    await expect(page.getByText(/epoch ([2-9]|\d\d)/)).toBeVisible({ timeout: 60_000 });
    await expect(page.getByRole('button', { name: 'Copy for the cluster' })).toBeVisible();
    // A link to what is seen works as it does with a hub.
    await page.getByRole('button', { name: 'Worst first' }).click();
    await expect(page).toHaveURL(/#\/prototype.*by=worst/);
    await page.reload();
    await expect(page.getByRole('textbox', { name: 'Molecules at most' })).toHaveValue('200');
    await page.getByRole('link', { name: 'Design', exact: true }).click();
    await expect(page.getByRole('heading', { name: 'This needs a hub' })).toBeVisible();
    await expect(page.getByText('npm start')).toBeVisible();
    expect(missing).toEqual([]);
  } finally {
    host.close();
  }
});
