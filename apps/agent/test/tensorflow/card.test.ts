import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { pathWithNvidia, v100 } from '../../../../packages/models/test/backend/tensorflow/fake-nvidia.ts';
import { tensorflowCard } from '../../src/tensorflow/card.ts';

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'litmatter-card-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

test('where TensorFlow is not installed beside a GPU, the card says that the GPU stands idle', async () => {
  const card = await tensorflowCard(emptyFolder(), { PATH: pathWithNvidia([v100]) });
  expect(card.available).toBe(false);
  expect(card.detail).toMatch(/not installed\. This machine's GPU \(Tesla V100-SXM2-32GB\) stands idle/);
  expect(card.mend).toMatch(/install tensorflow --cuda$/);
});

test('where there is no GPU, the card says no more than that', async () => {
  const card = await tensorflowCard(emptyFolder(), { PATH: pathWithNvidia() });
  expect(card.detail).toBe('TensorFlow is not installed.');
});
