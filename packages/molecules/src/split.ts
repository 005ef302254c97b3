import { InputError, type Split } from '@litmatter/protocol';
import { permutation } from './random.ts';

/** Which molecules of a set are for training, validation and test: disjoint. */
export interface SplitIndices {
  readonly train: Uint32Array;
  readonly validation: Uint32Array;
  readonly test: Uint32Array;
}

function cut(order: Uint32Array, first: number, second: number, third: number): SplitIndices {
  return {
    train: order.slice(0, first),
    validation: order.slice(first, second),
    test: order.slice(second, third),
  };
}

/**
 * Split a set of `size` molecules by fractions. The molecules are shuffled by the seed as NumPy's
 * `RandomState(seed).permutation(size)` shuffles them; `limit` keeps the first so many of that order, so that a limited
 * run sees a fair sample of the set rather than its smallest molecules. Fractions that add up to 1 use them all.
 *
 * @throws InputError where nothing would be left to train on
 */
export function splitMolecules(size: number, split: Split, limit?: number): SplitIndices {
  const used = Math.min(size, limit ?? size);
  const first = Math.round(used * split.train);
  const second = Math.min(used, Math.round(used * (split.train + split.validation)));
  const third = Math.min(used, Math.round(used * (split.train + split.validation + split.test)));
  if (first < 1) {
    throw new InputError(
      `${split.train} of ${used} molecules leaves none to train on. Raise the limit or the training share.`,
      { 'dataset.split.train': 'leaves no molecule to train on' },
    );
  }
  return cut(permutation(size, split.seed), first, second, third);
}

/** How many molecules of QM9 there are without the uncharacterised ones. */
export const qm9Size = 130_831;

/**
 * The split of QM9 that DimeNet's authors trained on, by place: 110,000 for training, 10,000 for validation, the other
 * 10,831 for test, of NumPy's RandomState(42).permutation(130831).
 *
 * @throws InputError for a set of any other size
 */
export function dimenetSplit(size: number): SplitIndices {
  if (size !== qm9Size) {
    throw new InputError(
      `The split "dimenet" is of the ${qm9Size} molecules of the full QM9; this set has ${size}. ` +
        'Split it by fractions, or import the full official files.',
    );
  }
  return cut(permutation(size, 42), 110_000, 120_000, size);
}
