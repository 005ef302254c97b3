import type { Page } from '@playwright/test';
import config from '../playwright.config.ts';
import { expect, type Hub } from './hub.ts';

const launchOptions = config.use?.launchOptions ?? {};

/** Chromium as it is on a machine without a graphics card. */
export const withoutGpu = {
  launchOptions: {
    ...launchOptions,
    args: launchOptions.args?.filter((argument) => argument !== '--enable-unsafe-webgpu') ?? [],
  },
};

/** A network that learns in milliseconds a step. */
export const tiny = 'schnet:small;hiddenChannels=16;numFilters=16;numInteractions=1;numGaussians=12';

/** Open the Prototype page of a hub with these options in the address. */
export async function openPrototype(hub: Hub, page: Page, search: string): Promise<void> {
  await page.goto(hub.address);
  await page.goto(new URL(`/prototype?${search}`, hub.address).href);
  await expect(page.getByRole('button', { name: 'Start' })).toBeEnabled();
}

/** The training loss that is drawn. */
export async function lossOf(page: Page): Promise<number> {
  const words = await page.getByRole('img', { name: /Loss by epoch/ }).getAttribute('aria-label');
  return Number(/training ([\d.]+)/.exec(words ?? '')?.[1]);
}
