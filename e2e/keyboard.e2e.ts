import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { expect, test } from './support/hub.ts';

/** The main path, from the design to the file for a paper, without a pointer. */

/** What has the focus, as a screen reader would call it, and whether the eye finds it. */
async function focused(page: Page): Promise<{ name: string; seen: boolean } | null> {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (!(element instanceof HTMLElement) || element === document.body) return null;
    const labels =
      element instanceof HTMLInputElement || element instanceof HTMLSelectElement ? element.labels : null;
    const name = element.getAttribute('aria-label') ?? labels?.[0]?.textContent ?? element.textContent ?? '';
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    const ringed = (outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0) || boxShadow !== 'none';
    return {
      name: name.trim().replace(/\s+/g, ' '),
      seen: ringed && box.width > 0 && box.bottom > 0 && box.top < innerHeight,
    };
  });
}

/** Press Tab (or Shift+Tab) until something of that name has the focus. Every stop on the way must be seen. */
async function tabTo(page: Page, name: RegExp, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  const met: string[] = [];
  for (let stop = 0; stop < 150; stop++) {
    await page.keyboard.press(key);
    const at = await focused(page);
    if (at === null) continue;
    expect(at.seen, `the focus on "${at.name}" is not to be seen`).toBe(true);
    expect(at.name, `a stop after "${met.at(-1)}" has no name`).not.toBe('');
    met.push(at.name);
    if (name.test(at.name)) return;
  }
  throw new Error(`No stop is called ${name}; met: ${met.join(' | ')}`);
}

test('an experiment is designed, launched, watched and exported by keyboard alone', async ({ hub, page }) => {
  test.setTimeout(240_000);
  await page.goto(hub.address);
  await tabTo(page, /^Design the first experiment$/);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Design an experiment' })).toBeVisible();

  for (const [field, text] of [
    [/^Molecules at most$/, '100'],
    [/^Epochs$/, '2'],
    [/^Batch per device$/, '8'],
    [/^Device counts$/, '1, 2, 3'],
  ] as const) {
    await tabTo(page, field);
    await page.keyboard.press('Control+A');
    await page.keyboard.type(text);
  }
  await expect(page.getByRole('button', { name: 'Launch 3 runs' })).toBeVisible();
  await tabTo(page, /^Launch 3 runs$/);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/experiments\/[a-z0-9]/);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();

  // Thought better of cancelling: back where one was.
  await tabTo(page, /^Cancel$/);
  await page.keyboard.press('Enter');
  expect((await focused(page))?.name).toBe('Cancel every run');
  await tabTo(page, /^Let it run$/);
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await focused(page))?.name).toBe('Cancel');

  const told = page.getByRole('status').getByText(/3 of 3 runs ended\.$/);
  await expect(told).toHaveText(/^Succeeded: /, { timeout: 120_000 });

  // A sheet takes the focus, keeps it, and gives it back.
  await tabTo(page, /^Log of run 1$/);
  await page.keyboard.press('Enter');
  const sheet = page.getByRole('dialog');
  await expect(sheet).toBeVisible();
  for (let stop = 0; stop < 8; stop++) {
    await page.keyboard.press('Tab');
    expect(
      await page.evaluate(
        () => document.activeElement?.closest('dialog') !== null || document.activeElement === document.body,
      ),
    ).toBe(true);
  }
  await page.keyboard.press('Escape');
  await expect(sheet).toHaveCount(0);
  await expect.poll(async () => (await focused(page))?.name).toBe('Log of run 1');

  // Arrows move among tabs; the chart says in words what it draws.
  await tabTo(page, /^Time$/, 'Shift+Tab');
  await tabTo(page, /^Time$/, 'Shift+Tab');
  await page.keyboard.press('ArrowRight');
  await expect(page).toHaveURL(/=speedup/);
  expect((await focused(page))?.name).toBe('Speedup');
  await expect(page.getByRole('img', { name: /^Speedup.* against devices/ })).toBeVisible();

  await tabTo(page, /^Save the points as CSV$/);
  const waiting = page.waitForEvent('download');
  await page.keyboard.press('Enter');
  expect((await readFile(await (await waiting).path(), 'utf8')).split('\n').length).toBeGreaterThan(3);
});

test('the skip link leads past the bar, and every page’s tables have headers for rows and columns', async ({
  hub,
  page,
}) => {
  await page.goto(hub.address);
  for (const path of ['design', 'data?name=bundled', 'demo', 'cluster']) {
    await page.goto(new URL(path, hub.address).href);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await page.keyboard.press('Tab');
    expect((await focused(page))?.name).toBe('Skip to the page’s content');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
    await expect
      .poll(() =>
        page.evaluate(() =>
          [...document.querySelectorAll('table')]
            .filter((table) => table.querySelector('tbody td'))
            .filter(
              (table) =>
                !table.querySelector('thead th[scope="col"]') ||
                !table.querySelector('tbody th[scope="row"]'),
            )
            .map((table) => table.textContent?.slice(0, 60)),
        ),
      )
      .toEqual([]);
  }
});
