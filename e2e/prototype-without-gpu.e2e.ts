import AxeBuilder from '@axe-core/playwright';
import { expect, test } from './support/hub.ts';
import { halides } from './support/molecules.ts';
import { lossOf, openPrototype, tiny, withoutGpu } from './support/prototype.ts';

test.use(withoutGpu);
// Conformers and training share the cores with whatever else the machine does.
test.describe.configure({ timeout: 300_000 });

test('without WebGPU it learns on WebAssembly and says why', async ({ hub, page }) => {
  await openPrototype(hub, page, `model=${tiny}&limit=400`);
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
  await openPrototype(hub, page, `model=${tiny}&limit=400`);
  const files = page.getByLabel('Files of molecules');
  await files.setInputFiles({
    name: 'broken.sdf',
    mimeType: 'text/plain',
    buffer: Buffer.from('no\nmolecule\nat all\nhere\n'),
  });
  await expect(page.getByRole('alert')).toContainText('broken.sdf');
  await files.setInputFiles({ name: 'halides.sdf', mimeType: 'text/plain', buffer: Buffer.from(halides) });
  await expect(page.getByRole('combobox', { name: 'Data set' })).toHaveValue('dropped');
  await expect(page.getByRole('alert')).toHaveCount(0);
  await page.getByRole('button', { name: 'Start' }).click();
  await expect(page.getByRole('region', { name: 'strength', exact: true })).toBeVisible();
  await expect(page.getByText(/epoch [1-9]/)).toBeVisible();

  // SMILES have no positions: conformers are made, and the molecules without a number to learn are predicted.
  await files.setInputFiles({
    name: 'unknown.smi',
    mimeType: 'text/plain',
    buffer: Buffer.from('CF methyl fluoride\nCCl methyl chloride\n'),
  });
  const predictions = page.getByRole('region', { name: 'Predictions of unknown.smi' });
  await expect(predictions.getByRole('row', { name: /methyl chloride 5/ })).toBeVisible({ timeout: 60_000 });
  await predictions.getByRole('button', { name: 'methyl chloride' }).click();
  await expect(page.getByText('2 of 2, predicted')).toBeVisible();
  await page.getByRole('button', { name: 'Pause' }).click();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(
      violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' '))}`),
    ).toEqual([]);
  }
  await expect(page).toHaveURL(/by=own/);
  await files.setInputFiles({
    name: 'wrong.smi',
    mimeType: 'text/plain',
    buffer: Buffer.from('CCO\nC1CC\n'),
  });
  await expect(page.getByRole('alert')).toContainText('wrong.smi, line 2');
  await expect(predictions).toBeVisible();
});

test('SMILES with a number to learn are trained on, with conformers made of them here', async ({
  hub,
  page,
}) => {
  await openPrototype(hub, page, `model=${tiny}`);
  const rows = ['C', 'CC', 'CCC', 'CO', 'CCO', 'CN', 'CCN', 'C#N', 'C=O', 'O'].map(
    (smiles, k) => `${smiles},${k}`,
  );
  await page.getByLabel('Files of molecules').setInputFiles({
    name: 'table.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(`smiles,size\n${rows.join('\n')}\n`),
  });
  await expect(page.getByRole('combobox', { name: 'Data set' })).toHaveValue('dropped');
  await page.getByRole('button', { name: 'Start' }).click();
  await expect(page.getByText(/epoch [1-9]/)).toBeVisible({ timeout: 90_000 });
  await expect(page.getByRole('img', { name: /Arrow keys turn it/ })).toBeVisible();
});

test('conformers in the making can be cancelled, and are made when asked for again', async ({
  hub,
  page,
}) => {
  await openPrototype(hub, page, `model=${tiny}`);
  const chain = (k: number) => `${'C'.repeat(1 + (k % 4))}O`;
  const rows = (count: number) => Array.from({ length: count }, (_, k) => `${chain(k)},${k % 4}`);
  const drop = (name: string, count: number) =>
    page.getByLabel('Files of molecules').setInputFiles({
      name,
      mimeType: 'text/csv',
      buffer: Buffer.from(`smiles,size\n${rows(count).join('\n')}\n`),
    });
  // So many that they are still being made when Cancel is pressed.
  await drop('many.csv', 600);
  await expect(page.getByRole('combobox', { name: 'Data set' })).toHaveValue('dropped');
  await page.getByRole('button', { name: 'Start' }).click();
  await expect(page.getByText(/Making conformers: \d+ of \d+, .+ left/).first()).toBeVisible({
    timeout: 60_000,
  });
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByText('Press Start')).toBeVisible();
  await expect(page.getByText(/Making conformers/)).toHaveCount(0);
  await expect(page.getByRole('alert')).toHaveCount(0);

  await drop('few.csv', 12);
  await expect(page.getByText(/^12 molecules/)).toBeVisible();
  await page.getByRole('button', { name: 'Start' }).and(page.locator(':enabled')).click();
  await expect(page.getByText(/epoch [1-9]/)).toBeVisible({ timeout: 90_000 });
});
