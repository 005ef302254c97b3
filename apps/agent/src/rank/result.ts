import { join } from 'node:path';
import { encodeWeights, resolveModel, type WeightCard, type Weights } from '@litmatter/models';
import { targetOf } from '@litmatter/molecules';
import { serialiseState, type TrainingData, type TrainingState } from '@litmatter/training';
import type { Registry } from '../config.ts';
import { lastWeightsFile, weightsFile } from '../folders.ts';
import type { RankJob } from '../job.ts';
import { version } from '../version.ts';
import { writeWhole } from './files.ts';

/** A run's weights as a file with what it takes to predict with them. */
export type WeightEncoder = (
  epoch: number,
  validationMae: number | null,
  weights: Weights,
) => Uint8Array<ArrayBuffer>;

export function weightEncoder(
  { run, attempt, spec }: Pick<RankJob, 'run' | 'attempt' | 'spec'>,
  { models }: Pick<Registry, 'models'>,
  data: TrainingData,
  { mean, std }: TrainingState['normalisation'],
): WeightEncoder {
  const { options, model } = resolveModel(spec.model, models);
  const { name, preset } = spec.model;
  const card: Omit<WeightCard, 'epoch' | 'validationMae'> = {
    version,
    model: { name, preset, options: options as Record<string, unknown> },
    target: { name: data.target, unit: targetOf(data.set, data.target).unit, mean, std },
    dataset: { ...spec.dataset, target: data.target },
    run,
    attempt,
  };
  return (epoch, validationMae, weights) => encodeWeights(model, weights, { ...card, epoch, validationMae });
}

/** The weights of the last epoch. */
export function encodeLast(encoded: WeightEncoder, state: TrainingState): Uint8Array<ArrayBuffer> {
  const { best, epoch } = state;
  return encoded(epoch, best?.epoch === epoch ? best.validationMae : null, state);
}

/**
 * Leave what was trained in the attempt's folder: the weights of the epoch with the smallest validation MAE (of the
 * last one where there is no validation split) and those of the last epoch, each with what it takes to predict with
 * them; `state.bin`, all that training needs to go on.
 */
export function writeResult(
  job: RankJob,
  registry: Pick<Registry, 'models'>,
  data: TrainingData,
  state: TrainingState,
): void {
  const { best } = state;
  const encoded = weightEncoder(job, registry, data, state.normalisation);
  const last = encodeLast(encoded, state);
  writeWhole(join(job.folder, weightsFile), best ? encoded(best.epoch, best.validationMae, best) : last);
  writeWhole(join(job.folder, lastWeightsFile), last);
  writeWhole(join(job.folder, 'state.bin'), serialiseState(state));
}
