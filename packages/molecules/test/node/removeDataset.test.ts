import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { removeDatasetFolder } from '../../src/node/index.ts';
import { temporaryFolder } from './temporary.ts';

describe('removing a data set', () => {
  it('takes its folder and what was cached of it, and nothing of one whose name begins alike', async () => {
    const data = temporaryFolder();
    for (const name of ['a', 'a-b', 'cache']) mkdirSync(join(data, name));
    const kept = ['a-b-0123456789ab.set', 'a.txt'];
    for (const name of ['a-0123456789ab.set', 'a-0123456789ab-radius.graphs', ...kept]) {
      writeFileSync(join(data, 'cache', name), '');
    }
    expect(await removeDatasetFolder(data, 'a')).toBe(true);
    expect(readdirSync(data).sort()).toEqual(['a-b', 'cache']);
    expect(readdirSync(join(data, 'cache')).sort()).toEqual(kept);
    expect(await removeDatasetFolder(data, 'a')).toBe(false);
  });

  it('lets go of a link, and leaves what it leads to', async () => {
    const [data, elsewhere] = [temporaryFolder(), temporaryFolder()];
    writeFileSync(join(elsewhere, 'kept.txt'), 'kept');
    symlinkSync(elsewhere, join(data, 'x'));
    expect(await removeDatasetFolder(data, 'x')).toBe(true);
    expect(existsSync(join(data, 'x'))).toBe(false);
    expect(readFileSync(join(elsewhere, 'kept.txt'), 'utf8')).toBe('kept');
  });

  it('refuses what is no name', async () => {
    for (const name of ['..', '.', '', '../x', 'a/b', 'a\0b', '.downloads']) {
      await expect(removeDatasetFolder(temporaryFolder(), name)).rejects.toThrow(/must be 1 to 64/);
    }
  });
});
