import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const fromRoot = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

it('what is counted, failed, and passed only when tried again is told by name', () => {
  const folder = mkdtempSync(join(tmpdir(), 'litmatter-report-'));
  try {
    symlinkSync(fromRoot('node_modules'), join(folder, 'node_modules'));
    writeFileSync(join(folder, 'vitest.config.mjs'), 'export default { test: { retry: 1 } };');
    writeFileSync(
      join(folder, 'a.test.mjs'),
      `import { describe, expect, it } from 'vitest';
       let tries = 0;
       describe('a suite', () => {
         it('holds', () => {});
         it('holds the second time', () => expect(++tries).toBe(2));
         it('never holds', () => expect(1).toBe(2));
         it.skip('is skipped', () => {});
       });`,
    );
    writeFileSync(
      join(folder, 'b.test.mjs'),
      `import { it } from 'vitest';\nimport './nowhere.mjs';\nit('x', () => {});`,
    );
    writeFileSync(
      join(folder, 'c.test.mjs'),
      `import { beforeAll, it } from 'vitest';\nbeforeAll(() => { throw new Error('no cluster'); });\nit('y', () => {});`,
    );
    const report = join(folder, 'report.json');
    const { status } = spawnSync(
      fromRoot('node_modules/.bin/vitest'),
      ['run', '--root', folder, `--reporter=${fromRoot('scripts/lib/vitest-report.mjs')}`],
      { env: { ...process.env, LITMATTER_TEST_REPORT: report }, encoding: 'utf8' },
    );
    expect(status).toBe(1);
    const { failures, secondTries, ...counts } = JSON.parse(readFileSync(report, 'utf8'));
    expect(counts).toMatchObject({ passed: 2, failed: 1 });
    expect(secondTries).toEqual([
      'a.test.mjs: a suite > holds the second time (expected 1 to be 2 // Object.is equality)',
    ]);
    expect([...failures].sort()).toEqual([
      'a.test.mjs: a suite > never holds (expected 1 to be 2 // Object.is equality)',
      expect.stringMatching(/^b\.test\.mjs: .*nowhere/),
      expect.stringMatching(/^c\.test\.mjs: .*no cluster/),
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
