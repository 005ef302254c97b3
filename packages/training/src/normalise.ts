import { InputError } from '@litmatter/protocol';

/** The loss sees (y - mean) / std; errors are reported in y's own unit. */
export interface Normalisation {
  readonly mean: number;
  readonly std: number;
}

/** What leaves targets as they are. */
export const noNormalisation: Normalisation = { mean: 0, std: 1 };

/**
 * Mean and unbiased standard deviation of the training split's targets, in float64.
 *
 * @param values - [M] of the whole set
 * @param train - places of the training split
 * @throws InputError where all targets are equal: there is nothing to learn
 */
export function normalisationOf(values: Float32Array, train: ArrayLike<number>): Normalisation {
  const n = train.length;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += values[train[i]];
  const mean = sum / n;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (values[train[i]] - mean) ** 2;
  const std = Math.sqrt(squares / (n - 1));
  if (std > 0) return { mean, std };
  throw new InputError(
    `The target has the same value in all ${n} training molecules, so it cannot be normalised. ` +
      'Set normaliseTarget to false, or choose another target or split.',
  );
}
