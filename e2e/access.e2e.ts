import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from './support/hub.ts';

test('without its token the hub shows a sign-in page and nothing else; the token opens it', async ({
  hub,
  page,
}) => {
  const { origin } = new URL(hub.address);
  const refused = await page.goto(`${origin}/experiments`);
  expect(refused?.status()).toBe(401);
  await page.getByLabel('Token').fill('not-the-token-of-this-hub');
  await page.getByRole('button', { name: 'Open' }).click();
  await expect(page.getByText('That token is not the one of this hub')).toBeVisible();

  await page.getByLabel('Token').fill(readFileSync(join(hub.folder, 'token'), 'utf8').trim());
  await page.getByRole('button', { name: 'Open' }).click();
  await expect(page.getByRole('heading', { name: 'No experiments yet' })).toBeVisible();
  expect(page.url()).not.toContain('token');
});
