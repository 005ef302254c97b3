import { smallSpec, snapshot, submit } from './support/api.ts';
import { expect, test } from './support/hub.ts';

test('a hub killed in the middle of a run comes back with every epoch, each once, and the page follows', async ({
  hub,
  page,
}) => {
  const id = await submit(hub, smallSpec({ training: { epochs: 12, batchPerDevice: 8 } }));
  await page.goto(hub.address);
  await page.getByRole('link', { name: 'A small experiment' }).click();
  const runs = page.getByRole('region', { name: '1 run' }).getByRole('table');
  await expect(runs.getByText(/[1-9]\d* of 12/)).toBeVisible({ timeout: 60_000 });

  await hub.stop('SIGKILL');
  await expect(page.getByText(/reconnecting, last heard/i).first()).toBeVisible();
  await hub.start();
  await expect(runs.getByText('12 of 12')).toBeVisible({ timeout: 90_000 });
  await expect(runs.getByText('Succeeded')).toBeVisible();

  const { epochs, runs: views } = await snapshot(hub, id);
  expect(epochs.map((e) => e.epoch)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  expect(views[0].attempt).toBe(1);
});
