import { expect, test } from './support/hub.ts';

const tiny = 'schnet:small;hiddenChannels=8;numFilters=8;numInteractions=1;numGaussians=8';

/** In the worker: TensorFlow.js keeps its engine where all its packages find it. */
function loseDevice(): void {
  const { _tfengine } = globalThis as { _tfengine?: { backend: { device: { destroy(): void } } } };
  _tfengine?.backend.device.destroy();
}

test('a small network learns on WebGPU: start, pause, step, reset, a lost device', async ({ hub, page }) => {
  // Without a graphics card WebGPU is computed on the processor, step by slow step.
  test.setTimeout(300_000);
  await page.goto(hub.address);
  await page.getByRole('link', { name: 'Prototype', exact: true }).first().click();
  await expect(page.getByRole('button', { name: 'Start' })).toBeEnabled();
  await page.goto(new URL(`/prototype?model=${tiny}&batch=12&limit=28&rate=0.02`, hub.address).href);
  await page.getByRole('button', { name: 'Step' }).click();
  const computes = page.getByRole('region', { name: 'What computes' });
  await expect(computes).toContainText('WebGPU', { timeout: 120_000 });
  await expect(computes).not.toContainText('is not used');
  await expect(page.getByText(/step 1 of 2/)).toBeVisible({ timeout: 120_000 });
  const lossOf = async () => {
    const words = await page.getByRole('img', { name: /Loss by epoch/ }).getAttribute('aria-label');
    return Number(/training ([\d.]+)/.exec(words ?? '')?.[1]);
  };
  const first = await lossOf();
  await page.getByRole('button', { name: 'Go on' }).click();
  await expect(page.getByText(/epoch ([4-9]|\d\d)/)).toBeVisible({ timeout: 120_000 });
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByRole('button', { name: 'Go on' })).toBeVisible();
  expect(await lossOf()).toBeLessThan(first);

  await page.getByRole('button', { name: 'Reset' }).click();
  await page.getByRole('button', { name: 'Step' }).click();
  await expect(page.getByText(/step 1 of 2/)).toBeVisible({ timeout: 120_000 });
  await page.getByRole('button', { name: 'Step' }).click();
  await expect(page.getByText(/step 2 of 2/)).toBeVisible({ timeout: 120_000 });
  await expect(page.getByRole('button', { name: 'Go on' })).toBeEnabled();
  await expect(computes).toContainText(/about [\d,]+ fit/);

  // The graphics device is lost, as a driver's reset loses it: training goes on from its last step in another worker.
  await page.getByRole('button', { name: 'Go on' }).click();
  await expect(page.getByText(/epoch ([2-9]|\d\d)/)).toBeVisible({ timeout: 120_000 });
  await page.workers().at(-1)!.evaluate(loseDevice);
  await expect(page.getByRole('alert')).toContainText('lost the graphics device');
  await page.getByRole('button', { name: 'Go on from the last step' }).click();
  await expect(page.getByRole('alert')).toHaveCount(0);
  await expect(page.getByText(/epoch ([3-9]|\d\d)/)).toBeVisible({ timeout: 120_000 });
});
