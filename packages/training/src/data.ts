import { type Batch, collate, type MoleculeGraphs, type MoleculeSet, targetOf } from '@litmatter/molecules';
import { InputError } from '@litmatter/protocol';
import type { EpochShare } from './sampler.ts';

/** Which molecules of the set are for what: places in the set. */
export interface TrainingSplit {
  readonly train: ArrayLike<number>;
  readonly validation: ArrayLike<number>;
  readonly test: ArrayLike<number>;
}

/** What a model is trained on. Every rank holds all of it; on one machine they share its memory. */
export interface TrainingData {
  readonly set: MoleculeSet;
  /** The set's neighbour lists, as the model wants them. */
  readonly graphs: MoleculeGraphs;
  readonly split: TrainingSplit;
  /** Name of the target. */
  readonly target: string;
}

/** A batch whose first `counted` molecules weigh 1 in the loss; the others are repeats. */
export interface CountedBatch {
  readonly batch: Batch;
  readonly counted: number;
}

/** Collate a share of a split's places. */
export function collateShare(data: TrainingData, split: ArrayLike<number>, share: EpochShare): CountedBatch {
  const molecules = share.order.map((place) => split[place]);
  return { batch: collate(data.set, data.graphs, molecules, data.target), counted: share.counted };
}

/** @throws InputError where there is nothing to train on, or no such target */
export function checkData({ set, split, target }: TrainingData): void {
  targetOf(set, target);
  if (split.train.length > 0) return;
  throw new InputError(
    `The training split of this data set of ${set.size} molecules is empty. ` +
      'Raise the share of the training split, or the limit on molecules.',
  );
}
