import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configFile, findConfig, loadRegistry } from '../src/config.ts';
import { temporaryFolder } from './support.ts';

/** A config file beside this package's sources, where its imports resolve. */
function configWith(body: string): string {
  const file = join(temporaryFolder(), 'litmatter.config.ts');
  const zod = import.meta.resolve('zod');
  writeFileSync(file, `import { z } from ${JSON.stringify(zod)};\n${body}\n`);
  return file;
}

const model = (name: string) => `{
  name: '${name}', title: 'T', description: 'D', reference: 'R', options: z.object({}),
  presets: { small: { description: 'S', options: {}, training: {} } },
  graph: () => ({ kind: 'complete' }), build: () => ({ layout: { entries: [], size: 1 } }),
}`;

describe('the config file', () => {
  it('is found from a folder upward, or named', () => {
    const root = temporaryFolder();
    const deep = join(root, 'a', 'b');
    mkdirSync(deep, { recursive: true });
    // The folders above this test's own may hold one.
    expect(findConfig(deep)?.startsWith(root) ?? false).toBe(false);
    const file = join(root, 'litmatter.config.ts');
    writeFileSync(file, 'export default {};');
    expect(findConfig(deep)).toBe(file);
    expect(configFile(undefined, deep)).toBe(file);
    expect(configFile('../../litmatter.config.ts', deep)).toBe(file);
    expect(() => configFile('other.ts', deep)).toThrow(/There is no config file .*other\.ts/);
  });

  it.skipIf(process.getuid?.() !== 0)('of another user is passed over: it would be run', () => {
    const root = temporaryFolder();
    const file = join(root, 'litmatter.config.ts');
    writeFileSync(file, 'export default {};');
    chownSync(file, 65_534, 65_534);
    expect(findConfig(root)).not.toBe(file);
    // Whoever names it means it.
    expect(configFile(file)).toBe(file);
  });

  it('adds its models and data sets to the built-in ones', async () => {
    const builtIn = await loadRegistry(null);
    const { file, models, datasets } = await loadRegistry(
      configWith(
        `export default { models: [${model('mine')}], datasets: [{ name: 'lab', options: z.object({}), load: () => {} }] };`,
      ),
    );
    expect(file).toMatch(/litmatter\.config\.ts$/);
    expect(models.map(({ name }) => name)).toEqual([...builtIn.models.map(({ name }) => name), 'mine']);
    expect(datasets.map(({ name }) => name)).toEqual([...builtIn.datasets.map(({ name }) => name), 'lab']);
  });

  it('names mirrors of data sets by their addresses', async () => {
    const site = (address: string) =>
      configWith(`export default { site: { mirrors: { qm9: '${address}' } } };`);
    expect((await loadRegistry(site('https://mirror.example/qm9/'))).site.mirrors).toEqual({
      qm9: 'https://mirror.example/qm9/',
    });
    for (const address of ['mirror.example/qm9', 'file:///etc/']) {
      await expect(loadRegistry(site(address))).rejects.toThrow(
        /site\.mirrors\.qm9: must be the address of a folder/,
      );
    }
  });

  it('that is no config is refused with what is wrong', async () => {
    await expect(loadRegistry(configWith('export const x = 1;'))).rejects.toThrow(/no default export/);
    await expect(loadRegistry(configWith('export default {'))).rejects.toThrow(/cannot be imported/);
    await expect(loadRegistry(configWith('throw new Error("no GPU");'))).rejects.toThrow(/no GPU/);
    await expect(loadRegistry(configWith('export default { modles: [] };'))).rejects.toThrow(/modles/);
    await expect(loadRegistry(configWith('export default { models: [{ name: "x" }] };'))).rejects.toThrow(
      /models\.0\.options: must be a zod schema/,
    );
    await expect(
      loadRegistry(configWith(`export default { models: [${model('twin')}, ${model('twin')}] };`)),
    ).rejects.toThrow(/two models named "twin"/);
  });
});
