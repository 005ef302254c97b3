import { type MoleculeSet, targetStatistics } from '@litmatter/molecules';
import { InputError } from '@litmatter/protocol';

/** The loss sees (y - mean) / std; errors are reported in y's own unit. */
export interface Normalisation {
  readonly mean: number;
  readonly std: number;
}

/** What leaves targets as they are. */
export const noNormalisation: Normalisation = { mean: 0, std: 1 };

/**
 * Mean and unbiased standard deviation of a target over the training split.
 *
 * @param train - places of the training split in the set
 * @throws InputError where all targets are equal: there is nothing to learn
 */
export function normalisationOf(set: MoleculeSet, target: string, train: ArrayLike<number>): Normalisation {
  const { mean, std } = targetStatistics(set, target, train);
  if (std > 0) return { mean, std };
  throw new InputError(
    `The target "${target}" has the same value in all ${train.length} training molecules, so it cannot be ` +
      'normalised. Set normaliseTarget to false, or choose another target or split.',
  );
}
