import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { litmatter } from '../programs.ts';
import { temporaryFolder } from '../support.ts';

function place() {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'litmatter.config.ts'), 'export default {};\n');
  return { cwd, env: { LITMATTER_DATA: join(cwd, 'data') } };
}

it.each(['dataset list', 'dataset info bundled --json', 'backend list', '--help'])(
  '"%s" whose reader has gone ends without a word',
  async (words) => {
    const { child, finished } = litmatter(words.split(' '), place());
    child.stdout!.destroy();
    expect(await finished).toMatchObject({ code: 0, signal: null, stderr: '' });
  },
);

it('"run" whose reader has gone stops and saves what it has', async () => {
  const options = place();
  writeFileSync(
    join(options.cwd, 'spec.yaml'),
    `
name: Unread
models: [{ name: schnet, options: { hiddenChannels: 8, numFilters: 8, numInteractions: 1 } }]
dataset: { name: bundled, limit: 60 }
training: { epochs: 100000 }
devices: [1]
`,
  );
  const { child, finished, said } = litmatter(['run', 'spec.yaml', '--json'], options);
  await said(/"type":"epoch"/);
  child.stdout!.destroy();
  const { code, stderr } = await finished;
  expect(code, stderr).toBe(130);
  expect(stderr).toMatch(/^Stopping: the runs end and save what they have\..*\n$/);
});
