import { smallSpec, submit } from './support/api.ts';
import { expect, test } from './support/hub.ts';

test('a running experiment can be cancelled; it says so and keeps the epochs it made', async ({
  hub,
  page,
}) => {
  const id = await submit(hub, smallSpec({ training: { epochs: 500, batchPerDevice: 8 }, devices: [1, 2] }));
  await page.goto(hub.address);
  await page.getByRole('link', { name: 'A small experiment' }).click();
  await expect(page).toHaveURL(new RegExp(id));
  const runs = page.getByRole('region', { name: '2 runs' }).getByRole('table');
  await expect(runs.getByText(/[1-9]\d* of 500/)).toBeVisible({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await page.getByRole('button', { name: 'Cancel every run' }).click();
  await expect(runs.getByText('Cancelled')).toHaveCount(2, { timeout: 40_000 });
  await expect(runs.getByText(/[1-9]\d* of 500/)).toBeVisible();
});
