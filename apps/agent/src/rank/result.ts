import { join } from 'node:path';
import { encodeWeights, resolveModel, type WeightCard, type Weights } from '@litmatter/models';
import { targetOf } from '@litmatter/molecules';
import { serialiseState, type TrainingData, type TrainingState } from '@litmatter/training';
import type { Registry } from '../config.ts';
import { lastWeightsFile, weightsFile } from '../folders.ts';
import type { RankJob } from '../job.ts';
import { version } from '../version.ts';
import { writeWhole } from './files.ts';

/**
 * Leave what was trained in the attempt's folder: the weights of the epoch with the smallest validation MAE (of the
 * last one where there is no validation split) and those of the last epoch, each with what it takes to predict with
 * them; `state.bin`, all that training needs to go on.
 */
export function writeResult(
  { folder, run, attempt, spec }: RankJob,
  registry: Registry,
  data: TrainingData,
  state: TrainingState,
): void {
  const { options, model } = resolveModel(spec.model, registry.models);
  const { name, preset } = spec.model;
  const card: Omit<WeightCard, 'epoch' | 'validationMae'> = {
    version,
    model: { name, preset, options: options as Record<string, unknown> },
    target: { name: data.target, unit: targetOf(data.set, data.target).unit, ...state.normalisation },
    dataset: { ...spec.dataset, target: data.target },
    run,
    attempt,
  };
  const encoded = (epoch: number, validationMae: number | null, weights: Weights) =>
    encodeWeights(model, weights, { ...card, epoch, validationMae });
  const { best, epoch } = state;
  const last = encoded(epoch, best?.epoch === epoch ? best.validationMae : null, state);
  writeWhole(join(folder, weightsFile), best ? encoded(best.epoch, best.validationMae, best) : last);
  writeWhole(join(folder, lastWeightsFile), last);
  writeWhole(join(folder, 'state.bin'), serialiseState(state));
}
