import { modelCard } from '@litmatter/models';
import { datasetCard } from '@litmatter/molecules';
import { allDatasets, dataFolderDatasets, importedDatasets } from '@litmatter/molecules/node';
import type { Catalogue, DatasetCard } from '@litmatter/protocol';
import type { Registry } from '../config.ts';
import { sourceOf } from '../download/sources.ts';
import { hostFacts } from '../host.ts';
import type { Launcher } from '../launchers/launcher.ts';
import { probeLaunchers } from '../launchers/registry.ts';
import { version } from '../version.ts';
import { knownBackends } from './backends.ts';

/** Every data set, and whether it is here. */
export async function datasetCards(registry: Registry, datasetFolder: string): Promise<DatasetCard[]> {
  const all = await allDatasets(registry.datasets, datasetFolder);
  const context = dataFolderDatasets(datasetFolder);
  const imported = new Set((await importedDatasets(datasetFolder)).map(({ name }) => name));
  return Promise.all(
    all.map(async (dataset) => {
      const card = await datasetCard(dataset, context);
      const own = imported.has(card.name) || sourceOf(card.name) !== undefined;
      return { ...card, removable: card.available && own };
    }),
  );
}

/** What can be chosen here and now. */
export async function buildCatalogue(
  registry: Registry,
  launchers: readonly Launcher[],
  datasetFolder: string,
): Promise<Catalogue> {
  const [datasets, backends, launcherCards] = await Promise.all([
    datasetCards(registry, datasetFolder),
    knownBackends(),
    probeLaunchers(launchers),
  ]);
  return {
    version,
    models: registry.models.map(modelCard),
    datasets,
    backends,
    launchers: launcherCards,
    host: hostFacts(),
  };
}
