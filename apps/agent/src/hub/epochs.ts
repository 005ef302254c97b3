import type { EpochEvent } from '@litmatter/protocol';

/**
 * Each epoch of each run once. An attempt that goes on from a checkpoint makes the epochs after it again, and one that
 * begins anew makes them all: its records stand for those that earlier attempts made of the same epochs and of later ones.
 *
 * @param epochs - of any runs, in any order
 * @returns what is left of them, in the same order
 */
export function eachEpochOnce(epochs: readonly EpochEvent[]): EpochEvent[] {
  /** By run: the first epoch of each attempt. */
  const firsts = new Map<string, Map<number, number>>();
  for (const { run, attempt, epoch } of epochs) {
    const ofRun = firsts.get(run) ?? new Map<number, number>();
    firsts.set(run, ofRun.set(attempt, Math.min(epoch, ofRun.get(attempt) ?? Number.POSITIVE_INFINITY)));
  }
  return epochs.filter(({ run, attempt, epoch }) => {
    for (const [later, first] of firsts.get(run)!) if (later > attempt && first <= epoch) return false;
    return true;
  });
}
