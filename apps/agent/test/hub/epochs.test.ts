import type { EpochEvent } from '@litmatter/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eachEpochOnce } from '../../src/hub/epochs.ts';
import { epoch } from '../support.ts';

/** The epochs of some attempts, each from its first on. */
const attempts = (...ranges: readonly (readonly [first: number, last: number])[]): EpochEvent[] =>
  ranges.flatMap(([first, last], index) =>
    Array.from({ length: last - first + 1 }, (_, i) =>
      epoch({ run: 'x.0', attempt: index + 1, seq: i + 1 }, first + i),
    ),
  );
const told = (epochs: readonly EpochEvent[]) => epochs.map((one) => [one.attempt, one.epoch]);

describe('each epoch once', () => {
  it('is what there is, where nothing was interrupted', () => {
    const epochs = attempts([1, 4]);
    expect(eachEpochOnce(epochs)).toEqual(epochs);
  });

  it('is that of the attempt which went on from before it', () => {
    expect(told(eachEpochOnce(attempts([1, 4], [3, 6])))).toEqual([
      [1, 1],
      [1, 2],
      [2, 3],
      [2, 4],
      [2, 5],
      [2, 6],
    ]);
  });

  it('forgets what an attempt had done that was begun anew', () => {
    expect(told(eachEpochOnce(attempts([1, 4], [5, 9], [1, 2])))).toEqual([
      [3, 1],
      [3, 2],
    ]);
  });

  it('does not depend on the order of arrival, and concerns each run by itself', () => {
    const other = epoch({ run: 'x.1', seq: 1 }, 7);
    const epochs = [...attempts([1, 5], [4, 6], [6, 9]), other];
    fc.assert(
      fc.property(
        fc.shuffledSubarray(epochs, { minLength: epochs.length, maxLength: epochs.length }),
        (shuffled) => {
          expect(new Set(eachEpochOnce(shuffled))).toEqual(new Set(eachEpochOnce(epochs)));
        },
      ),
    );
    expect(eachEpochOnce(epochs).map((one) => one.epoch)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 7]);
  });
});
