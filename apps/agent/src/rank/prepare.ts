import { resolveModel } from '@litmatter/models';
import { checkElements, chooseTarget, findDataset, splitMolecules } from '@litmatter/molecules';
import { allDatasets, loadCached } from '@litmatter/molecules/node';
import type { RunSpec } from '@litmatter/protocol';
import type { TrainingData } from '@litmatter/training';
import type { Registry } from '../config.ts';
import { share } from './shared.ts';

/**
 * Load what a run trains on, through the cache in the data folder, into memory that threads share: the data set, its
 * neighbour lists as the run's model wants them, its split and its target.
 *
 * @throws InputError where model, data set, options, target or split are not what there is
 */
export async function prepareData(
  spec: Pick<RunSpec, 'model' | 'dataset'>,
  registry: Registry,
  dataFolder: string,
): Promise<TrainingData> {
  const { graph, definition } = resolveModel(spec.model, registry.models);
  const dataset = findDataset(await allDatasets(registry.datasets, dataFolder), spec.dataset.name);
  const target = chooseTarget(dataset, spec.dataset.target).name;
  const { set, graphs } = await loadCached(dataset, dataFolder, spec.dataset.options, graph);
  const { limit, used } = spec.dataset;
  const split = splitMolecules(set.size, spec.dataset.split, limit, set.parts, used);
  if (definition.elements) {
    for (const part of [split.train, split.validation, split.test]) {
      checkElements(set, definition.elements, definition.title, part);
    }
  }
  return share({ set, graphs, split, target });
}
