import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import config from './playwright.config.ts';
import { expect, type Hub, test } from './support/hub.ts';

const launchOptions = config.use?.launchOptions ?? {};
const args = launchOptions.args?.filter((argument) => argument !== '--enable-unsafe-webgpu') ?? [];
test.use({ launchOptions: { ...launchOptions, args } });

const tiny = 'schnet:small;hiddenChannels=16;numFilters=16;numInteractions=1;numGaussians=12';

async function open(hub: Hub, page: Page, search = `model=${tiny}&limit=400`): Promise<void> {
  await page.goto(hub.address);
  await page.goto(new URL(`/prototype?${search}`, hub.address).href);
  await expect(page.getByRole('button', { name: 'Start' })).toBeEnabled();
}

const lossOf = async (page: Page) => {
  const words = await page.getByRole('img', { name: /Loss by epoch/ }).getAttribute('aria-label');
  return Number(/training ([\d.]+)/.exec(words ?? '')?.[1]);
};

/** Methane and its halides in a line each, with a number to learn. */
const sdf = ['H', 'F', 'Cl', 'Br']
  .flatMap((element, k) =>
    Array.from({ length: 5 }, (_, copy) =>
      [
        `${element} ${copy}`,
        '  made by hand',
        '',
        '  2  1  0  0  0  0  0  0  0  0999 V2000',
        '    0.0000    0.0000    0.0000 C   0  0  0  0  0  0  0  0  0  0  0  0',
        `    ${(1.1 + 0.2 * k + 0.01 * copy).toFixed(4)}    0.0000    0.0000 ${element.padEnd(3)} 0  0  0  0  0  0  0  0  0  0  0  0`,
        '  1  2  1  0',
        'M  END',
        '> <strength>',
        String(4 - 0.5 * k + 0.01 * copy),
        '',
        '$$$$',
      ].join('\n'),
    ),
  )
  .join('\n');

test('without WebGPU it learns on WebAssembly and says why', async ({ hub, page }) => {
  await open(hub, page);
  await page.getByRole('button', { name: 'Step' }).click();
  const computes = page.getByRole('region', { name: 'What computes' });
  await expect(computes).toContainText('WebAssembly');
  await expect(computes).toContainText(/WebGPU is not used: .+adapter/);
  await expect(page.getByText(/step 1 of/)).toBeVisible();
  const first = await lossOf(page);
  await page.getByRole('button', { name: 'Go on' }).click();
  await expect(page.getByText(/epoch [1-9]\d/)).toBeVisible({ timeout: 60_000 });
  expect(await lossOf(page)).toBeLessThan(first / 2);

  // Worst first, painted by what each atom adds; the address holds the view.
  await page.getByRole('button', { name: 'Worst first' }).click();
  await expect(page.getByText(/1 of 40, worst first/)).toBeVisible();
  await page.getByRole('checkbox', { name: /What each atom adds/ }).check();
  await expect(page).toHaveURL(/by=worst/);
  await expect(page).toHaveURL(/colour=contributions/);
  // Another choice is another training.
  await page.getByRole('textbox', { name: 'Batch per device' }).fill('8');
  await expect(page.getByText('Press Start')).toBeVisible();
});

test('files of one’s own are read here; a broken one is named and disturbs nothing', async ({
  hub,
  page,
}) => {
  await open(hub, page);
  const files = page.getByLabel('Files of molecules');
  await files.setInputFiles({
    name: 'broken.sdf',
    mimeType: 'text/plain',
    buffer: Buffer.from('no\nmolecule\nat all\nhere\n'),
  });
  await expect(page.getByRole('alert')).toContainText('broken.sdf');
  await files.setInputFiles({ name: 'halides.sdf', mimeType: 'text/plain', buffer: Buffer.from(sdf) });
  await expect(page.getByRole('combobox', { name: 'Data set' })).toHaveValue('dropped');
  await expect(page.getByRole('alert')).toHaveCount(0);
  await page.getByRole('button', { name: 'Start' }).click();
  await expect(page.getByRole('region', { name: 'strength', exact: true })).toBeVisible();
  await expect(page.getByText(/epoch [1-9]/)).toBeVisible();
});

test('weights go out and come back, and the same settings go to the cluster', async ({ hub, page }) => {
  await open(hub, page, `model=${tiny}&limit=200&target=gap&rate=0.002`);
  await page.getByRole('button', { name: 'Start' }).click();
  await expect(page.getByText(/epoch 3/)).toBeVisible();
  await page.getByRole('button', { name: 'Pause' }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save weights' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('schnet.safetensors');
  const buffer = readFileSync(await download.path());
  await page.getByRole('button', { name: 'Reset' }).click();
  await page.getByRole('button', { name: 'Step' }).click();
  await expect(page.getByText(/step 1 of/)).toBeVisible();
  const weights = page.getByLabel('Weights as safetensors');
  await weights.setInputFiles({ name: 'mine.safetensors', mimeType: 'application/octet-stream', buffer });
  await expect(page.getByText(/of mine.safetensors are loaded/)).toBeVisible();
  await weights.setInputFiles({
    name: 'cut.safetensors',
    mimeType: 'application/octet-stream',
    buffer: buffer.subarray(0, 100),
  });
  await expect(page.getByRole('alert')).toContainText('cut.safetensors');

  await page.getByRole('link', { name: 'Send to cluster' }).click();
  await expect(page).toHaveURL(/\/design/);
  await expect(page.getByRole('textbox', { name: 'Learning rate' })).toHaveValue('0.002');
  await expect(page.getByRole('textbox', { name: 'Molecules at most' })).toHaveValue('200');
  await expect(page.getByRole('combobox', { name: 'Target' })).toHaveValue('gap');
  await expect(page).toHaveURL(/hiddenChannels%3D16/);
});
