import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A PATH whose nvidia-smi prints these lines, until the test ends; without lines it fails as it does without a driver. */
export function pathWithNvidia(lines?: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'litmatter-nvidia-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const body = lines
    ? lines.map((line) => `echo '${line}'`).join('\n')
    : 'echo "NVIDIA-SMI has failed"; exit 9';
  writeFileSync(join(folder, 'nvidia-smi'), `#!/bin/sh\n${body}\n`);
  chmodSync(join(folder, 'nvidia-smi'), 0o755);
  return [folder, process.env.PATH].join(delimiter);
}

export const v100 = '0, GPU-5e0c2a11, Tesla V100-SXM2-32GB, 550.54.15';
export const a100 = '1, GPU-77aa01f3, NVIDIA A100-SXM4-80GB, 550.54.15';
