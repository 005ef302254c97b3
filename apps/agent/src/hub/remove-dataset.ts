import { removeDatasetFolder } from '@litmatter/molecules/node';
import type { DatasetCard } from '@litmatter/protocol';
import { Refusal } from './problems.ts';
import type { Store } from './store.ts';

export interface RemovalOptions {
  readonly cards: () => Promise<readonly DatasetCard[]>;
  readonly datasetFolder: string;
  readonly store: Pick<Store, 'summaries'>;
}

/**
 * Remove a data set that was imported or downloaded. What was measured on it stays.
 *
 * @throws Refusal where there is none such, or an experiment still trains on it
 */
export async function removeDataset(name: string, options: RemovalOptions): Promise<void> {
  const { cards, datasetFolder, store } = options;
  const card = (await cards()).find((one) => one.name === name);
  if (!card?.available) throw new Refusal(404, `There is no data set "${name}" on this hub.`);
  if (!card.removable) {
    throw new Refusal(409, `The data set "${name}" was neither imported nor downloaded here: it stays.`);
  }
  const user = store.summaries().find(({ dataset, endedAt }) => dataset === name && endedAt === null);
  if (user) {
    throw new Refusal(409, `"${user.name}" still trains on "${name}": wait for its end, or cancel it first.`);
  }
  await removeDatasetFolder(datasetFolder, name);
}
