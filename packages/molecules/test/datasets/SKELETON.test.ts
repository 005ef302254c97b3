import { writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { datasetCard as cardSchema } from '@litmatter/protocol';
import { describe, expect, it } from 'vitest';
import { skeleton } from '../../src/datasets/SKELETON.ts';
import { builtInDatasets, datasetCard, loadDataset } from '../../src/index.ts';
import { dataFolderDatasets, loadCached } from '../../src/node/index.ts';
import { temporaryFolder } from '../node/temporary.ts';

const frame = (atoms: number, energy: number) =>
  `${atoms}\nProperties=species:S:1:pos:R:3 energy=${energy}\n${Array.from({ length: atoms }, (_, i) => `C ${i} 0 0\n`).join('')}`;

describe('the data set to copy', () => {
  it('stands in no registry', () => {
    expect(builtInDatasets.map(({ name }) => name)).not.toContain(skeleton.name);
  });

  it('says what to do while its file is missing', async () => {
    const context = dataFolderDatasets(temporaryFolder());
    const card = await datasetCard(skeleton, context);
    expect(cardSchema.parse(card)).toEqual(card);
    expect(card).toMatchObject({
      available: false,
      mend: expect.stringMatching(/^Put molecules\.xyz into /),
    });
    await expect(loadDataset(skeleton, context)).rejects.toThrow(/molecules\.xyz is not in/);
  });

  it('is loaded from its file, with its option, through the cache', async () => {
    const data = temporaryFolder();
    await mkdir(join(data, 'skeleton'));
    writeFileSync(join(data, 'skeleton', 'molecules.xyz'), frame(2, -1.5) + frame(3, -2.5));
    const radius = { kind: 'radius', cutoff: 1.5 } as const;
    const { set, graphs } = await loadCached(skeleton, data, {}, radius);
    expect(Array.from(set.targets.energy.values)).toEqual([-1.5, -2.5]);
    expect(graphs.neighbours).toHaveLength(6);
    expect((await loadCached(skeleton, data, { largest: 2 }, radius)).set.size).toBe(1);
    await expect(loadCached(skeleton, data, { largest: 1 }, radius)).rejects.toThrow(
      /Raise the option "largest"/,
    );
  });
});
