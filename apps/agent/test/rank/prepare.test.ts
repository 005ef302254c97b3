import { defineDataset, moleculeSet } from '@litmatter/molecules';
import { runSpec } from '@litmatter/protocol';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { loadRegistry } from '../../src/config.ts';
import { prepareData } from '../../src/rank/prepare.ts';
import { temporaryFolder } from '../support.ts';

const salts = defineDataset({
  name: 'salts',
  title: 'Salts',
  description: 'Hydrogen chloride, at several lengths.',
  licence: 'none',
  source: 'this test',
  options: z.strictObject({}),
  targets: [{ name: 'y', title: 'y', unit: '', description: '' }],
  defaultTarget: 'y',
  async load() {
    return moleculeSet(
      Array.from({ length: 12 }, (_, i) => ({
        id: `HCl ${i}`,
        atomicNumbers: [1, 17],
        positions: [
          [0, 0, 0],
          [1 + 0.1 * i, 0, 0],
        ],
        bonds: [[0, 1, 1]],
        targets: { y: i },
      })),
    );
  },
});

it('a run is refused before its ranks start where its model does not know an element of its molecules', async () => {
  const registry = await loadRegistry(null);
  const prepare = (name: string) =>
    prepareData(
      runSpec.parse({
        ...{ model: { name }, dataset: { name: 'salts' }, training: {} },
        ...{ devices: 1, repeat: 0, launcher: {}, backend: 'cpu' },
      }),
      { ...registry, datasets: [...registry.datasets, salts] },
      temporaryFolder(),
    );
  await expect(prepare('nnconv')).rejects.toThrow(
    /^NNConv knows the elements H, C, N, O, F; the molecule "HCl \d+" has Cl \(atom 2\)\./,
  );
  expect((await prepare('schnet')).set.size).toBe(12);
});
