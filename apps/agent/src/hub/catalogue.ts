import type { ModelDefinition } from '@litmatter/models';
import { datasetCard } from '@litmatter/molecules';
import { dataFolderDatasets } from '@litmatter/molecules/node';
import type { Catalogue, ModelCard } from '@litmatter/protocol';
import { z } from 'zod';
import { probeBackends } from '../backends.ts';
import type { Registry } from '../config.ts';
import { hostFacts } from '../host.ts';
import type { Launcher } from '../launchers/launcher.ts';
import { probeLaunchers } from '../launchers/registry.ts';
import { version } from '../version.ts';

/** What can be chosen here and now. */
export async function buildCatalogue(
  registry: Registry,
  launchers: readonly Launcher[],
  datasetFolder: string,
): Promise<Catalogue> {
  const context = dataFolderDatasets(datasetFolder);
  const [datasets, backends, launcherCards] = await Promise.all([
    Promise.all(registry.datasets.map((dataset) => datasetCard(dataset, context))),
    probeBackends(),
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

/** What a form shows of a model. */
function modelCard(model: ModelDefinition): ModelCard {
  const { name, title, description, reference } = model;
  return {
    name,
    title,
    description,
    reference,
    optionsSchema: z.toJSONSchema(model.options, { io: 'input' }) as Record<string, unknown>,
    presets: Object.entries(model.presets).map(([preset, { description, options, training }]) => ({
      name: preset,
      description,
      options: options as Record<string, unknown>,
      parameters: model.build(options).layout.size,
      training: training as Record<string, unknown>,
    })),
  };
}
