import { expect, test } from './support/hub.ts';

const tiny = 'schnet:small;hiddenChannels=8;numFilters=8;numInteractions=1;numGaussians=8';

test('a small network learns on WebGPU: start, pause, step, reset', async ({ hub, page }) => {
  await page.goto(hub.address);
  await page.getByRole('link', { name: 'Prototype', exact: true }).first().click();
  await expect(page.getByRole('button', { name: 'Start' })).toBeEnabled();
  await page.goto(new URL(`/prototype?model=${tiny}&batch=16&limit=60&rate=0.01`, hub.address).href);
  await page.getByRole('button', { name: 'Step' }).click();
  const computes = page.getByRole('region', { name: 'What computes' });
  await expect(computes).toContainText('WebGPU', { timeout: 60_000 });
  await expect(computes).not.toContainText('is not used');
  await expect(page.getByText(/step 1 of 3/)).toBeVisible({ timeout: 60_000 });
  const lossOf = async () => {
    const words = await page.getByRole('img', { name: /Loss by epoch/ }).getAttribute('aria-label');
    return Number(/training ([\d.]+)/.exec(words ?? '')?.[1]);
  };
  const first = await lossOf();
  await page.getByRole('button', { name: 'Go on' }).click();
  await expect(page.getByText(/epoch ([6-9]|\d\d)/)).toBeVisible({ timeout: 90_000 });
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByRole('button', { name: 'Go on' })).toBeVisible();
  expect(await lossOf()).toBeLessThan(first);

  await page.getByRole('button', { name: 'Reset' }).click();
  await page.getByRole('button', { name: 'Step' }).click();
  await expect(page.getByText(/step 1 of 3/)).toBeVisible({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Step' }).click();
  await expect(page.getByText(/step 2 of 3/)).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole('button', { name: 'Go on' })).toBeEnabled();
});
