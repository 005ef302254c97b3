import { modelCard } from '@litmatter/models';
import { datasetCard } from '@litmatter/molecules';
import { allDatasets, dataFolderDatasets } from '@litmatter/molecules/node';
import type { Catalogue } from '@litmatter/protocol';
import type { Registry } from '../config.ts';
import { hostFacts } from '../host.ts';
import type { Launcher } from '../launchers/launcher.ts';
import { probeLaunchers } from '../launchers/registry.ts';
import { version } from '../version.ts';
import { knownBackends } from './backends.ts';

/** What can be chosen here and now. */
export async function buildCatalogue(
  registry: Registry,
  launchers: readonly Launcher[],
  datasetFolder: string,
): Promise<Catalogue> {
  const all = await allDatasets(registry.datasets, datasetFolder);
  const context = dataFolderDatasets(datasetFolder);
  const [datasets, backends, launcherCards] = await Promise.all([
    Promise.all(all.map((dataset) => datasetCard(dataset, context))),
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
