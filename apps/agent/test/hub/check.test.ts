import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { importMolecules } from '@litmatter/molecules/node';
import type { InputError } from '@litmatter/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { loadRegistry } from '../../src/config.ts';
import { checkAll } from '../../src/hub/check.ts';
import { someSpec, temporaryFolder } from '../support.ts';
import { FakeLauncher } from './fake-launcher.ts';

const files = {
  flat: [
    'flat.csv',
    `smiles,y\n${['C', 'CC', 'CCC', 'CO', 'CCO'].map((smiles, k) => `${smiles},${k}`).join('\n')}\n`,
  ],
  loose: ['loose.xyz', [0, 1, 2, 3, 4].map((y) => `2\ny=${y}\nC 0 0 0\nO 0 0 1.2\n`).join('')],
} as const;

describe('a model on molecules that lack what it works with is refused before anything is stored', () => {
  let datasetFolder: string;
  beforeEach(async () => {
    datasetFolder = temporaryFolder();
    for (const [name, [file, text]] of Object.entries(files)) {
      const path = join(temporaryFolder(), file);
      writeFileSync(path, text);
      await importMolecules({ name, files: [path] }, datasetFolder);
    }
  });

  /** What a check of these models on this data set says: nothing, or the marked fields. */
  async function marks(dataset: string, ...models: string[]): Promise<InputError['fields']> {
    const spec = someSpec({ models: models.map((name) => ({ name })), dataset: { name: dataset } });
    const options = { registry: await loadRegistry(null), launchers: [new FakeLauncher()], datasetFolder };
    return checkAll(spec, options).then(
      () => undefined,
      (error: InputError) => error.fields,
    );
  }

  it.each([
    ['flat', 'schnet', /^needs atom positions, and the molecules of "flat" have none$/],
    ['flat', 'dimenet', /needs atom positions/],
    ['flat', 'nnconv', /needs atom positions/],
    ['loose', 'nnconv', /needs bonds/],
    ['loose', 'pna', /needs bonds/],
  ])('of the data set "%s", %s', async (dataset, model, sentence) => {
    expect((await marks(dataset, model))?.['models.0.name']).toMatch(sentence);
  });

  it.each([
    ['flat', 'pna'],
    ['loose', 'schnet'],
    ['loose', 'dimenet'],
    ...['schnet', 'dimenet', 'nnconv', 'pna'].map((model) => ['bundled', model]),
  ])('but not of the data set "%s", %s', async (dataset, model) => {
    expect(await marks(dataset!, model!)).toBeUndefined();
  });

  it('and of several models the one at fault is marked', async () => {
    expect(Object.keys((await marks('flat', 'pna', 'schnet'))!)).toEqual(['models.1.name']);
  });
});
