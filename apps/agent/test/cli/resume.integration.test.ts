import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunEvent } from '@litmatter/protocol';
import { expect, it } from 'vitest';
import { litmatter } from '../programs.ts';
import { temporaryFolder } from '../support.ts';

const linesOf = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as RunEvent | { type: 'result'; runs: unknown[] });
const epochsOf = (text: string) =>
  linesOf(text).flatMap((event) => (event.type === 'epoch' ? [event.epoch] : []));

it('litmatter run --resume goes on where an interrupted run has stopped', async () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'litmatter.config.ts'), 'export default {};\n');
  const env = { LITMATTER_DATA: join(cwd, 'data') };
  writeFileSync(
    join(cwd, 'spec.yaml'),
    `name: interrupted
models: [{ name: schnet }]
dataset: { name: bundled, limit: 100 }
training: { epochs: 40, batchPerDevice: 8 }
devices: [1]
backend: wasm
`,
  );
  const first = litmatter(['run', 'spec.yaml', '--json', '--out', 'out'], { cwd, env });
  await first.said(/"type":"epoch".*"epoch":3,/);
  first.child.kill('SIGINT');
  const stopped = await first.finished;
  expect(stopped.code, stopped.stderr).toBe(130);
  const before = epochsOf(stopped.stdout);

  const second = await litmatter(['run', '--resume', 'out', '--json'], { cwd, env }).finished;
  expect(second.code, second.stderr).toBe(0);
  expect([...before, ...epochsOf(second.stdout)]).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
  expect(linesOf(second.stdout).at(-1)).toMatchObject({
    type: 'result',
    runs: [{ state: 'succeeded', attempt: 2, epochs: 40 }],
  });

  const nothing = await litmatter(['run', '--resume', 'nowhere'], { cwd, env }).finished;
  expect(nothing).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^There is nothing to resume in /),
  });
  const both = await litmatter(['run', 'spec.yaml', '--resume', 'out'], { cwd, env }).finished;
  expect(both).toMatchObject({ code: 2, stderr: expect.stringMatching(/leave out the spec file/) });
});
