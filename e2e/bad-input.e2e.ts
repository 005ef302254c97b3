import { expect, test } from './support/hub.ts';

test('an impossible design is marked at its field in words, and nothing is stored', async ({ hub, page }) => {
  await page.goto(hub.address);
  await page.getByRole('link', { name: 'Design', exact: true }).first().click();
  const epochs = page.getByRole('textbox', { name: 'Epochs' });
  await epochs.fill('-3');
  await expect(epochs).toHaveAttribute('aria-invalid', 'true');
  await page.getByRole('button', { name: /Launch/ }).click();
  await expect(page).toHaveURL(/design/);
  await expect(epochs).toHaveValue('-3');
  await epochs.fill('2');
  await expect(epochs).not.toHaveAttribute('aria-invalid', 'true');

  // What was typed is not lost by a mistake elsewhere.
  await page.getByRole('textbox', { name: 'Name' }).fill('Kept through a mistake');
  await page.getByRole('textbox', { name: 'Batch per device' }).fill('many');
  await expect(page.getByRole('textbox', { name: 'Name' })).toHaveValue('Kept through a mistake');
  await page.getByRole('link', { name: 'Experiments' }).first().click();
  await expect(page.getByRole('heading', { name: 'No experiments yet' })).toBeVisible();
});
