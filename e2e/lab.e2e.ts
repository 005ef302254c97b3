import { readFile } from 'node:fs/promises';
import { smallSpec, snapshot, submit } from './support/api.ts';
import { expect, test } from './support/hub.ts';

test('a new user reads the paper as an experiment before running anything', async ({ hub, page }) => {
  await page.goto(hub.address);
  await page.getByRole('link', { name: 'Look at the paper’s' }).click();
  await expect(page.getByText('Nothing on this page was run here', { exact: false })).toBeVisible();
  for (const beta of ['0.73', '0.59', '0.42', '0.22'])
    await expect(page.getByText(`β = ${beta}`, { exact: false }).first()).toBeVisible();
  const advice = page.getByRole('region', { name: 'Advice' });
  await advice.getByRole('textbox', { name: 'Done within' }).fill('1');
  await expect(advice.getByText('To be done in time')).toBeVisible();
  await expect(page).toHaveURL(/deadline=1/);
});

test('measured runs get advice, the paper laid over, a second experiment beside them, and files for a paper', async ({
  hub,
  page,
}) => {
  const first = await submit(hub, smallSpec({ name: 'First', devices: [1, 2, 3] }));
  const second = await submit(hub, smallSpec({ name: 'Second', devices: [1, 2] }));
  for (const id of [first, second])
    await expect
      .poll(async () => (await snapshot(hub, id)).experiment.state, { timeout: 90_000 })
      .toBe('succeeded');
  await page.goto(hub.address);
  await page.goto(new URL(`/experiments/${first}?deadline=1`, hub.address).href);

  const advice = page.getByRole('region', { name: 'Advice' });
  await expect(advice.getByText(/3 epochs in/).first()).toBeVisible();

  const scaling = page.getByRole('region', { name: 'Scaling' });
  await scaling.getByLabel('Lay a curve of the paper over').selectOption('schnet');
  await expect(scaling.getByText('reconstructed from its endpoints', { exact: false })).toBeVisible();
  await scaling.getByLabel('Compare with another experiment').selectOption(second);
  await expect(scaling.getByRole('heading', { name: 'Second' })).toBeVisible();
  await expect(page).toHaveURL(/paper=schnet.*with=|with=.*paper=schnet/);

  for (const [button, start] of [
    ['SVG', '<svg xmlns='],
    ['PNG', '\u0089PNG'],
    ['CSV', 'series,run'],
    ['JSON', '['],
    ['LaTeX', '% needs'],
  ] as const) {
    const waiting = page.waitForEvent('download');
    await scaling.getByText(button, { exact: true }).click();
    const bytes = await readFile(await (await waiting).path());
    expect(bytes.subarray(0, start.length).toString('latin1')).toBe(start);
  }

  const next = advice.getByRole('link', { name: /^Design with \d+ devices? added$/ }).first();
  if (await next.isVisible()) {
    const count = /\d+/.exec((await next.textContent()) ?? '')?.[0] ?? '';
    await next.click();
    await expect(page).toHaveURL(/\/design\?/);
    await expect(page).toHaveURL(new RegExp(`devices=[\\d,]*\\b${count}\\b`));
  }
});

test('error is drawn against the size of the data set and of the model, and Design takes several of each', async ({
  hub,
  page,
}) => {
  const id = await submit(
    hub,
    smallSpec({
      name: 'Sizes',
      models: [{ name: 'schnet', preset: 'small', grid: { hiddenChannels: [4, 8, 16] } }],
      dataset: { name: 'bundled', target: 'dipole', limit: [50, 100, 200] },
      training: { epochs: 2, batchPerDevice: 16 },
    }),
  );
  await page.goto(hub.address);
  await page.goto(new URL(`/experiments/${id}`, hub.address).href);
  await expect
    .poll(async () => (await snapshot(hub, id)).experiment.state, { timeout: 120_000 })
    .toBe('succeeded');
  const errors = page.getByRole('region', { name: 'Error against data-set size' });
  await expect(errors.getByText('Best validation MAE, D', { exact: true })).toBeVisible();
  await expect(errors.getByRole('heading', { name: /hiddenChannels 16/ })).toBeVisible();
  await expect(errors.getByText(/^α = /)).toHaveCount(3);
  await expect(errors.getByText('same number of epochs', { exact: false })).toBeVisible();
  await errors.getByRole('tab', { name: 'Model size' }).click();
  await expect(page).toHaveURL(/against=parameters/);
  const widths = page.getByRole('region', { name: 'Error against model size' });
  await expect(widths.getByText(/^α = /)).toHaveCount(3);
  await expect(page.getByRole('region', { name: /^Settings, ranked after/ })).toBeVisible();

  await page.getByRole('link', { name: 'Duplicate' }).click();
  await expect(page.getByRole('textbox', { name: 'Molecules at most' })).toHaveValue('50, 100, 200');
  await page.getByRole('textbox', { name: 'Molecules at most' }).fill('60, 120');
  await expect(
    page.getByRole('region', { name: 'Plan' }).getByText('6', { exact: true }).first(),
  ).toBeVisible();
  await expect(
    page
      .getByRole('region', { name: 'Plan' })
      .getByText('hiddenChannels 8, 60 molecules', { exact: true })
      .first(),
  ).toBeVisible();
  await page.getByRole('textbox', { name: 'Molecules at most' }).fill('60, many');
  await expect(page.getByText('“many” is not a number', { exact: false }).first()).toBeVisible();
});
