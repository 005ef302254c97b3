import { collate } from '@litmatter/molecules';
import type { TrainingSpec } from '@litmatter/protocol';
import type { TrainingData } from '@litmatter/training';
import type { StepTrainer } from '@litmatter/training/stepwise';
import { breathe } from './yield.ts';

/** What the model says of the validation part, molecule by molecule, by place in it. */
export interface Scores {
  readonly mae: number | null;
  /** The loss training has, on this part. */
  readonly loss: number | null;
  readonly truth: Float32Array<ArrayBuffer>;
  readonly predicted: Float32Array<ArrayBuffer>;
  readonly atoms: Uint16Array<ArrayBuffer>;
  /** Places, the largest error first. */
  readonly worstFirst: readonly number[];
  /** performance.now() */
  readonly madeAt: number;
}

/** Score the validation part batch by batch, letting messages through in between. */
export async function scoresOf(
  trainer: Pick<StepTrainer, 'predict' | 'state'>,
  { set, graphs, split, target }: TrainingData,
  { batchPerDevice, loss }: Pick<TrainingSpec, 'batchPerDevice' | 'loss'>,
  shouldStop: () => boolean,
): Promise<Scores> {
  const places = Array.from(split.validation);
  const truth = new Float32Array(places.length);
  const predicted = new Float32Array(places.length);
  for (let first = 0; first < places.length && !shouldStop(); first += batchPerDevice) {
    const batch = collate(set, graphs, places.slice(first, first + batchPerDevice), target);
    truth.set(batch.y, first);
    predicted.set(await trainer.predict(batch), first);
    await breathe(0, () => {});
  }
  return {
    ...summary(truth, predicted, loss, trainer.state.normalisation.std),
    truth,
    predicted,
    atoms: Uint16Array.from(places, (m) => set.atomOffsets[m + 1]! - set.atomOffsets[m]!),
    madeAt: performance.now(),
  };
}

/** @param std - of the target: the loss is of (y - mean) / std */
export function summary(
  truth: Float32Array,
  predicted: Float32Array,
  loss: TrainingSpec['loss'],
  std: number,
): Pick<Scores, 'mae' | 'loss' | 'worstFirst'> {
  const errors = Array.from(truth, (value, k) => Math.abs(predicted[k]! - value));
  const mean = (value: (error: number) => number) =>
    errors.length > 0 ? errors.reduce((sum, error) => sum + value(error), 0) / errors.length : null;
  return {
    mae: mean((error) => error),
    loss: mean((error) => (loss === 'mse' ? (error / std) ** 2 : error / std)),
    worstFirst: errors.map((_, k) => k).sort((a, b) => errors[b]! - errors[a]!),
  };
}
