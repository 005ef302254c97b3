import { expect, test } from './support/hub.ts';

test('a person designs an experiment, launches it on 1, 2 and 4 devices and watches the law appear', async ({
  hub,
  page,
}) => {
  await page.goto(hub.address);
  await expect(page).not.toHaveURL(/token/);
  await page.getByRole('link', { name: 'Design the first experiment' }).click();

  await page.getByRole('textbox', { name: 'Molecules at most' }).fill('300');
  await page.getByRole('textbox', { name: 'Epochs' }).fill('3');
  await page.getByRole('textbox', { name: 'Batch per device' }).fill('16');
  const plan = page.getByRole('region', { name: 'Plan' });
  await expect(plan.getByRole('row', { name: /^4/ })).toContainText('64');
  await expect(plan.getByText('4 ranks share 2 devices')).toBeVisible();
  // The whole form is in the address: the same link shows the same design.
  const design = page.url();
  await page.goto('about:blank');
  await page.goto(design);
  await expect(page.getByRole('textbox', { name: 'Molecules at most' })).toHaveValue('300');

  await page.getByRole('button', { name: 'Launch 3 runs' }).click();
  await expect(page).toHaveURL(/experiments\/[a-z0-9]/);
  const runs = page.getByRole('region', { name: '3 runs' }).getByRole('table');
  await expect(runs.getByRole('row')).toHaveCount(4);
  // Epoch times appear as they are made, without a reload.
  await expect(runs.getByText(/[123] of 3/).first()).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText('Succeeded').first()).toBeVisible({ timeout: 90_000 });
  await expect(runs.getByText('3 of 3')).toHaveCount(3, { timeout: 90_000 });

  const scaling = page.getByRole('region', { name: 'Scaling' });
  await expect(scaling.getByText(/β = /)).toBeVisible();
  await expect(scaling.getByText(/95 % interval/)).toBeVisible();
  await expect(scaling.getByText(/R²/).first()).toBeVisible();
  await expect(scaling.getByText(/oversubscribed/).first()).toBeVisible();
  for (const tab of ['Speedup', 'Efficiency', 'Cost', 'Steps', 'Time']) {
    await scaling.getByText(tab, { exact: true }).first().click();
    await expect(scaling.locator('svg.recharts-surface').first()).toBeVisible();
  }

  const shown = await runs.textContent();
  await page.reload();
  await expect(runs.getByText('3 of 3')).toHaveCount(3);
  expect(await runs.textContent()).toBe(shown);
});
