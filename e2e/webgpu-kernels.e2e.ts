import { fileURLToPath } from 'node:url';
import { expect, type Page, test } from '@playwright/test';
import { goldenInputs, goldenReduced } from '../packages/models/test/support/golden.ts';
import { kernelChecks } from '../packages/models/test/webgpu/kernels.ts';
import type { Door, GoldenModel } from '../packages/models/test/webgpu/page.ts';
import { bundle, openBundle } from './support/bundle.ts';

/**
 * Our WGSL kernels in a real browser, on whatever adapter it offers: without a GPU, on SwiftShader. Each is held to the
 * plain composed op, and the models to what PyTorch Geometric computed.
 */

declare const door: Door;

const entry = fileURLToPath(new URL('../packages/models/test/webgpu/page.ts', import.meta.url));
const models: [GoldenModel, outputs: number][] = [
  ['schnet', 1e-5],
  ['nnconv', 1e-5],
  ['dimenet', 2e-5],
  ['pna', 1e-5],
];
/** The same shapes every time, unless others are asked for. */
const seed = Number(process.env.PROPERTY_SEED ?? 1);

test.describe.configure({ mode: 'serial' });

let page: Page;
const refused: string[] = [];

test.beforeAll(async ({ browser }) => {
  const files = await bundle(entry);
  page = await browser.newPage();
  // A program that the device refuses is a warning of the browser's, and wrong numbers.
  page.on('console', (message) => {
    if (message.type() === 'warning' || message.type() === 'error') refused.push(message.text());
  });
  page.on('pageerror', ({ message }) => refused.push(message));
  await openBundle(page, files);
});

test.afterAll(() => page?.close());

test('every kernel is registered by the browser backend, and checked here', async () => {
  const { kernels, checked } = await page.evaluate(() => door.start());
  expect(kernels.length).toBeGreaterThan(0);
  expect(checked).toEqual(expect.arrayContaining([...kernels]));
});

for (const name of Object.keys(kernelChecks)) {
  test(`${name}: our kernels equal the composed op, gradients included`, async () => {
    const apart = await page.evaluate(([check, from]) => door.check(check, 4, from), [name, seed] as const);
    expect(apart).toBeLessThan(1e-5);
  });
}

for (const [model, tolerance] of models) {
  for (const composed of [false, true]) {
    test(`${model} equals PyTorch Geometric on webgpu, ${composed ? 'ops composed' : 'with our kernels'}`, async () => {
      const parity = await page.evaluate(
        ([name, inputs, runs, plain]) => door.golden(name, inputs, runs, plain),
        [model, goldenInputs, goldenReduced, composed] as const,
      );
      expect(parity.outputs).toBeLessThan(tolerance);
      expect(parity.gradients).toBeLessThan(1e-4);
    });
  }
}

test('the device refuses nothing', () => expect(refused).toEqual([]));
