import { join } from 'node:path';
import { resolveModel } from '@litmatter/models';
import { targetOf } from '@litmatter/molecules';
import { serialiseState, type TrainingData, type TrainingState } from '@litmatter/training';
import type { Registry } from '../config.ts';
import type { RankJob } from '../job.ts';
import { writeWhole } from './files.ts';

/**
 * Leave the trained parameters in the attempt's folder: `parameters.bin`, the flat vector as little-endian float32;
 * `parameters.json`, what each stretch of it is and how the target was normalised; `state.bin`, all that training
 * needs to go on.
 */
export function writeResult(
  { folder, run, attempt, spec }: RankJob,
  registry: Registry,
  data: TrainingData,
  state: TrainingState,
): void {
  const { options, model } = resolveModel(spec.model, registry.models);
  const { parameters, normalisation, epoch } = state;
  const target = { name: data.target, unit: targetOf(data.set, data.target).unit, ...normalisation };
  const description = {
    run,
    attempt,
    epoch,
    model: { name: spec.model.name, preset: spec.model.preset, options },
    dataset: spec.dataset,
    target,
    parameters: model.layout.entries.map(({ name, shape, offset, size }) => ({ name, shape, offset, size })),
  };
  const { buffer, byteOffset, byteLength } = parameters;
  writeWhole(join(folder, 'parameters.bin'), new Uint8Array(buffer, byteOffset, byteLength));
  writeWhole(join(folder, 'parameters.json'), `${JSON.stringify(description, null, 1)}\n`);
  writeWhole(join(folder, 'state.bin'), serialiseState(state));
}
