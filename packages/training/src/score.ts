import { targetOf } from '@litmatter/molecules';
import { collateShare, type TrainingData } from './data.ts';
import type { Predictor } from './predict.ts';

/** How well a model predicts, in the target's own unit. */
export interface Score {
  readonly count: number;
  /** Mean absolute error. */
  readonly mae: number;
  /** Root of the mean squared error. */
  readonly rmse: number;
  /** 1 - squared errors / squared deviations from the mean; null where all targets are equal. */
  readonly r2: number | null;
}

export interface ScoreOptions {
  readonly batchSize: number;
  /** Called after each batch with how many molecules are done. */
  readonly onProgress?: (done: number) => void;
}

/**
 * Hold predictions to the targets of some of a data set's molecules.
 *
 * @param places - which: a part of its split; at least one
 */
export async function score(
  predictor: Predictor,
  data: TrainingData,
  places: ArrayLike<number>,
  { batchSize, onProgress }: ScoreOptions,
): Promise<Score> {
  const count = places.length;
  if (count === 0) throw new RangeError('a score of no molecules');
  const { values } = targetOf(data.set, data.target);
  const order = Uint32Array.from({ length: count }, (_, k) => k);
  let absolute = 0;
  let squared = 0;
  for (let first = 0; first < count; first += batchSize) {
    const part = order.subarray(first, first + batchSize);
    const { batch } = collateShare(data, places, { order: part, counted: part.length });
    const predictions = await predictor.predict(batch);
    for (const [k, prediction] of predictions.entries()) {
      const error = prediction - batch.y[k];
      absolute += Math.abs(error);
      squared += error * error;
    }
    onProgress?.(first + part.length);
  }
  let mean = 0;
  for (const k of order) mean += values[places[k]] / count;
  let deviations = 0;
  for (const k of order) deviations += (values[places[k]] - mean) ** 2;
  return {
    count,
    mae: absolute / count,
    rmse: Math.sqrt(squared / count),
    r2: deviations > 0 ? 1 - squared / deviations : null,
  };
}
