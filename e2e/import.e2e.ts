import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from './support/hub.ts';
import { halides } from './support/molecules.ts';

/** A person's own files, from the disk to a data set that an experiment trains on, and away again. */

const file = (name: string, text: string) => ({ name, mimeType: '', buffer: Buffer.from(text) });
const form = (page: Page) => page.getByRole('form', { name: 'Import your own files' });
const filesOf = (page: Page) => form(page).locator('input[type=file]');

test('files are imported by a press, chosen in Design, trained on, and removed', async ({ hub, page }) => {
  await page.goto(hub.address);
  await page.getByRole('link', { name: 'Data' }).click();

  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Import files' }).click();
  await (await chooser).setFiles([
    file('Halides of methane (2).sdf', halides),
    file(
      'numbers.csv',
      `energy [eV],note\n${Array.from({ length: 20 }, (_, k) => `${k},n${k}`).join('\n')}\n`,
    ),
  ]);
  const name = form(page).getByRole('textbox', { name: 'Name' });
  await expect(name).toHaveValue('Halides-of-methane-2');
  await name.fill('bundled');
  await form(page)
    .getByRole('button', { name: /^Import 2 files/ })
    .click();
  await expect(form(page).getByText(/^Name is taken/)).toBeVisible();
  await name.fill('halides');
  await page.keyboard.press('Enter');

  const targets = page.getByRole('form', { name: 'Targets of halides' });
  await expect(targets.getByText('20 molecules of 40 atoms, with positions and bonds.')).toBeVisible();
  await expect(targets.getByRole('textbox', { name: 'Unit of energy' })).toHaveValue('eV');
  await targets.getByRole('textbox', { name: 'Unit of strength' }).fill('D');
  expect(
    (await new AxeBuilder({ page }).analyze()).violations.map(({ id, help }) => `${id}: ${help}`),
  ).toEqual([]);
  await targets.getByRole('button', { name: /^Make the data set/ }).click();
  const card = page.locator('li').filter({ has: page.getByRole('heading', { name: 'halides' }) });
  await expect(card.getByText('Here', { exact: true })).toBeVisible();
  await expect(card.getByText('20, with positions and bonds')).toBeVisible();
  expect(existsSync(join(hub.folder, 'datasets', 'halides', 'dataset.json'))).toBe(true);

  await card.getByRole('link', { name: 'Design an experiment' }).click();
  await expect(page.getByRole('combobox', { name: 'Data set' })).toHaveValue('halides');
  await page.getByRole('textbox', { name: 'Epochs' }).fill('2');
  await page.getByRole('textbox', { name: 'Batch per device' }).fill('4');
  await page.getByRole('textbox', { name: 'Device counts' }).fill('1');
  await page.getByRole('button', { name: 'Launch 1 run' }).click();
  await expect(page.getByRole('table').getByText('Succeeded')).toBeVisible({ timeout: 90_000 });

  await page.getByRole('link', { name: 'Data' }).click();
  await card.getByRole('button', { name: 'Remove halides' }).click();
  await card.getByRole('button', { name: 'Remove halides from the hub' }).click();
  await expect(page.getByRole('heading', { name: 'halides' })).toHaveCount(0);
  expect(existsSync(join(hub.folder, 'datasets', 'halides'))).toBe(false);
});

test('a bad file is refused with its line, a slow one is cancelled, and neither leaves anything', async ({
  hub,
  page,
}) => {
  await page.goto(hub.address);
  await page.getByRole('link', { name: 'Data' }).click();
  await filesOf(page).setInputFiles(file('bad.csv', 'smiles,y\nC,1\nC(,2\n'));
  await form(page)
    .getByRole('button', { name: /^Import 1 file/ })
    .click();
  await expect(page.getByRole('alert').getByText(/^bad\.csv, line 3: "C\("/)).toBeVisible();
  await page.getByRole('button', { name: 'Dismiss' }).click();

  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: 500_000,
  });
  await filesOf(page).setInputFiles(file('slow.csv', `smiles,y\n${'CCO,1\n'.repeat(2_000_000)}`));
  await form(page)
    .getByRole('button', { name: /^Import 1 file, 12 MB/ })
    .click();
  const slow = page.locator('li').filter({ has: page.getByRole('heading', { name: 'slow import' }) });
  await expect(slow.getByText(/^Sent .* of 12 MB, .*B\/s, .* left$/)).toBeVisible();
  await slow.getByRole('button', { name: 'Cancel' }).click();
  await expect(slow).toHaveCount(0);
  const left = () =>
    ['imports', 'datasets'].flatMap((name) => {
      const folder = join(hub.folder, name);
      return existsSync(folder) ? readdirSync(folder).filter((one) => one !== 'cache') : [];
    });
  await expect.poll(left).toEqual([]);
});
