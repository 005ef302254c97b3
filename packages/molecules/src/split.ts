import { InputError, type Split } from '@litmatter/protocol';
import { permutation } from './random.ts';

/** The parts of a split; a set's `parts` hold a part's place here + 1, and 0 for none. */
export const splitParts = ['train', 'validation', 'test'] as const;
export type SplitPart = (typeof splitParts)[number];

/** Which molecules of a set are for training, validation and test: disjoint. */
export type SplitIndices = Readonly<Record<SplitPart, Uint32Array>>;

/** How many molecules each part has. */
export type SplitSizes = Readonly<Record<SplitPart, number>>;

/** How many molecules of QM9 there are without the uncharacterised ones. */
export const qm9Size = 130_831;

const dimenetSizes: SplitSizes = { train: 110_000, validation: 10_000, test: 10_831 };

/** How many molecules of each part a set's own split has; null where it has none. */
export function officialSizes(parts: Uint8Array | undefined): SplitSizes | null {
  if (!parts) return null;
  const counts = [0, 0, 0, 0];
  for (const part of parts) counts[part]++;
  return { train: counts[1], validation: counts[2], test: counts[3] };
}

/** A named split cut down to about `limit` molecules, each part in proportion. */
function limited(sizes: SplitSizes, limit: number | undefined): SplitSizes {
  const { train, validation, test } = sizes;
  const share = Math.min(1, (limit ?? Infinity) / total(sizes));
  const part = (size: number) => Math.round(share * size);
  return { train: part(train), validation: part(validation), test: part(test) };
}

function namedSizes(size: number, named: string, official: SplitSizes | null): SplitSizes {
  if (named === 'dimenet') {
    if (size === qm9Size) return dimenetSizes;
    throw new InputError(
      `The split "dimenet" is of the ${qm9Size} molecules of the full QM9; this set has ${size}. ` +
        'Split it by fractions, or import the full official files.',
      { 'dataset.split.named': `is of the ${qm9Size} molecules of the full QM9` },
    );
  }
  if (official && official.train > 0) return official;
  throw new InputError(
    official
      ? 'The official split of this data set has no training part: its file was not imported. ' +
          'Import it with the others, or split by fractions.'
      : 'This data set has no official split. Split it by fractions, or import it from files that say which ' +
          'molecules are for training, validation and test.',
    { 'dataset.split.named': official ? 'has no training part' : 'there is no official split' },
  );
}

/**
 * How many molecules a split gives each part, without saying which.
 *
 * @param official - the sizes of the set's own split, where it has one
 * @param used - as for `splitMolecules`
 * @throws InputError as `splitMolecules` does
 */
export function splitSizes(
  size: number,
  split: Split,
  limit?: number,
  official: SplitSizes | null = null,
  used?: number,
): SplitSizes {
  if (split.named) return trainingOn(limited(namedSizes(size, split.named, official), limit), used);
  const taken = Math.min(size, limit ?? size);
  const first = Math.round(taken * split.train);
  const second = Math.min(taken, Math.round(taken * (split.train + split.validation)));
  const third = Math.min(taken, Math.round(taken * (split.train + split.validation + split.test)));
  if (first < 1) {
    throw new InputError(
      `${split.train} of ${taken} molecules leaves none to train on. Raise the limit or the training share.`,
      { 'dataset.split.train': 'leaves no molecule to train on' },
    );
  }
  return trainingOn({ train: first, validation: second - first, test: third - second }, used, taken);
}

/** Of the training molecules only as large a part as `used` is of the molecules that are split. */
function trainingOn(sizes: SplitSizes, used: number | undefined, of = total(sizes)): SplitSizes {
  if (used === undefined || used >= of) return sizes;
  return { ...sizes, train: Math.max(1, Math.round((sizes.train * used) / of)) };
}

function total({ train, validation, test }: SplitSizes): number {
  return train + validation + test;
}

/**
 * Split a set of `size` molecules.
 *
 * By fractions: the molecules are shuffled by the seed as NumPy's `RandomState(seed).permutation(size)` shuffles them;
 * `limit` keeps the first so many of that order, so that a limited run sees a fair sample of the set rather than its
 * smallest molecules. Fractions that add up to 1 use them all.
 *
 * By name: `dimenet`, the split of QM9 that DimeNet's authors trained on, by place: the first 110,000, the next 10,000
 * and the last 10,831 of RandomState(42).permutation(130831); `official`, the set's own, in an order shuffled by the
 * seed. `limit` keeps as large a share of each part.
 *
 * @param parts - [size] the set's own split, where it has one
 * @param used - train on the first part of the training molecules only, used / limit of them; validation and test stay
 *   those of `limit`, so that runs which differ in it can be compared
 * @throws InputError where nothing would be left to train on, or the set has no split of that name
 */
export function splitMolecules(
  size: number,
  split: Split,
  limit?: number,
  parts?: Uint8Array,
  used?: number,
): SplitIndices {
  const sizes = splitSizes(size, split, limit, officialSizes(parts));
  if (sizes.train < 1) {
    throw new InputError(`A limit of ${limit} leaves no molecule to train on. Raise it.`, {
      'dataset.limit': 'leaves no molecule to train on',
    });
  }
  const { train, validation, test } = sizes;
  const share = splitSizes(size, split, limit, officialSizes(parts), used);
  if (split.named === 'official') {
    const order = permutation(size, split.seed);
    const of = (part: SplitPart) =>
      order.filter((m) => parts?.[m] === splitParts.indexOf(part) + 1).subarray(0, share[part]);
    return { train: of('train'), validation: of('validation'), test: of('test') };
  }
  const order = permutation(size, split.named === 'dimenet' ? 42 : split.seed);
  const starts = split.named === 'dimenet' ? [0, 110_000, 120_000] : [0, train, train + validation];
  const part = (k: number, count: number) => order.slice(starts[k], starts[k] + count);
  return { train: part(0, share.train), validation: part(1, validation), test: part(2, test) };
}
