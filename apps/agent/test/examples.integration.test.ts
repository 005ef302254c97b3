import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { temporaryFolder } from './support.ts';

const example = fileURLToPath(new URL('../../../examples/run-experiment.ts', import.meta.url));

it('examples/run-experiment.ts runs an experiment from a plain script', async () => {
  const env = { ...process.env, LITMATTER_DATA: temporaryFolder() };
  const { stdout } = await promisify(execFile)(process.execPath, [example], { env });
  expect(stdout).toMatch(/^2: epoch 3, /m);
  expect(stdout.match(/succeeded/g)).toHaveLength(2);
  expect(stdout).toMatch(/name: 'power'/);
});
