import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from './support/hub.ts';
import { halides } from './support/molecules.ts';
import { openPrototype, tiny, withoutGpu } from './support/prototype.ts';

test.use(withoutGpu);

const program = fileURLToPath(new URL('../apps/agent/src/cli/main.ts', import.meta.url));

test('settings go to the cluster, are trained there, and the weights come back and predict the same', async ({
  hub,
  page,
}) => {
  await openPrototype(hub, page, `model=${tiny}&limit=200&target=gap&rate=0.002&epochs=2`);
  await page.getByRole('button', { name: 'Start' }).click();
  await expect(page.getByText(/epoch ([3-9]|\d\d)/)).toBeVisible({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Pause' }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save weights' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('schnet.safetensors');
  const buffer = readFileSync(await download.path());
  await page.getByRole('button', { name: 'Reset' }).click();
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
  await page.goto(`${page.url()}&devices=1`);
  await page.getByRole('button', { name: 'Launch 1 run' }).click();
  await expect(page.getByText('Succeeded').first()).toBeVisible({ timeout: 90_000 });

  await page.getByRole('link', { name: 'Open run 1 in Prototype' }).click();
  await expect(page).toHaveURL(/prototype.*weights=/);
  await expect(page.getByText(/The weights of epoch [12] of run .+ are loaded\.$/)).toBeVisible({
    timeout: 60_000,
  });
  await page.getByRole('button', { name: 'Check parity' }).click();
  const parity = page.getByRole('region', { name: 'Parity with the hub' });
  await expect(parity).toContainText('The hub predicts the same', { timeout: 60_000 });
  await expect(parity).toContainText('Of 20 molecules the largest difference is');
});

test('a data set of the hub is trained on here, the very molecules the cluster takes', async ({
  hub,
  page,
}) => {
  const file = join(hub.folder, 'halides.sdf');
  writeFileSync(file, halides);
  execFileSync(process.execPath, [
    program,
    'dataset',
    'import',
    file,
    '--name',
    'halides',
    '--data',
    hub.folder,
  ]);
  await openPrototype(hub, page, `model=${tiny}&data=halides`);
  await expect(page.getByRole('combobox', { name: 'Target' })).toHaveValue('strength');
  await page.getByRole('button', { name: 'Start' }).click();
  await expect(page.getByText(/epoch [1-9]/)).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText(/1 of 2, error no. [12]/)).toBeVisible();
});
