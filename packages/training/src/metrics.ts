import type { Collective } from './collective/collective.ts';
import type { Normalisation } from './normalise.ts';

/** A rank's part of a mean absolute error. */
export interface ErrorSum {
  /** In the target's own unit. */
  readonly sum: number;
  readonly count: number;
}

/**
 * Sum of |prediction - y| over the first `counted` molecules of a batch, in the target's own unit.
 *
 * @param predictions - [M] as the model gives them: normalised
 * @param y - [M] in the target's own unit
 */
export function absoluteErrors(
  predictions: ArrayLike<number>,
  y: ArrayLike<number>,
  counted: number,
  { mean, std }: Normalisation,
): ErrorSum {
  let sum = 0;
  for (let i = 0; i < counted; i++) sum += Math.abs(predictions[i] * std + mean - y[i]);
  return { sum, count: counted };
}

/**
 * The mean absolute error over all ranks; null where no rank has a sample. Every rank gets the same float32 number,
 * whatever it had: the schedule decides by it.
 */
export async function meanAbsoluteError(collective: Collective, own: ErrorSum): Promise<number | null> {
  const parts = await collective.gather(Float64Array.of(own.sum, own.count));
  const mean = new Float32Array(2);
  if (parts) {
    const sum = parts.reduce((total, part) => total + part[0], 0);
    const count = parts.reduce((total, part) => total + part[1], 0);
    if (count > 0) mean.set([sum / count, 1]);
  }
  await collective.broadcast(mean);
  return mean[1] === 1 ? mean[0] : null;
}
