import { datasetCard as cardSchema } from '@litmatter/protocol';
import { describe, expect, it } from 'vitest';
import { browserDatasets, datasetCard, loadDataset, zinc } from '../../src/index.ts';
import { dataFolderDatasets } from '../../src/node/index.ts';
import { temporaryFolder } from '../node/temporary.ts';

describe('the card of ZINC', () => {
  it('says how to get it while nothing is imported', async () => {
    const context = dataFolderDatasets(temporaryFolder());
    const card = await datasetCard(zinc, context);
    expect(cardSchema.parse(card)).toEqual(card);
    expect(card.available).toBe(false);
    expect(card.mend).toMatch(/litmatter dataset import FILE\.\.\. --name zinc/);
    await expect(loadDataset(zinc, context)).rejects.toThrow(/ZINC is not here.*litmatter dataset import/);
  });

  it('sends a browser to a hub', async () => {
    expect((await datasetCard(zinc, browserDatasets)).mend).toMatch(/from a hub/);
  });
});
