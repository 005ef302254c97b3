import type { EpochEvent, RankPlace, SlowestRank } from '@litmatter/protocol';
import { median } from './math/stats.ts';

/** The parts of an epoch record that say who was waited for. */
export type WaitedEpoch = Pick<EpochEvent, 'seconds' | 'slowest'>;

/** A rank, or all the slowest ranks of one host, that the others wait for again and again. */
export interface Straggler {
  /** The rank that was the slowest most often. */
  readonly rank: number;
  readonly host: string | null;
  /** Several ranks of one host took turns: the host is slow rather than the rank. */
  readonly wholeHost: boolean;
  /** Its data + compute seconds over the median of the others'; median over the epochs in which it was the slowest. */
  readonly ratio: number;
  /** Share of the epochs in which it was the slowest. */
  readonly epochs: number;
  /** Share of the others' time that goes to waiting for it; median over those epochs. */
  readonly waiting: number;
}

/** So many epochs are looked at, the newest: a rank that was slow yesterday is no straggler. */
const looked = 20;
/** With fewer it is chance that a rank was the slowest each time. */
const fewest = 3;
/** With k like ranks each is the slowest in one epoch of k: so much more often is no chance. */
const mostly = 2 / 3;
/** Slower than this by no more is noise, and nothing to look for on a machine. */
const notable = 1.1;

/**
 * The rank or the host that holds the others up: the slowest in at least two thirds of the last epochs, and by a tenth
 * or more. Ranks draw their samples anew each epoch, so one that is slow time and again is so because of where it
 * runs. Undefined where there is none, or fewer than three epochs tell.
 */
export function stragglerOf(
  epochs: readonly WaitedEpoch[],
  places: readonly Pick<RankPlace, 'rank' | 'host'>[],
): Straggler | undefined {
  const told = epochs
    .slice(-looked)
    .flatMap(({ seconds, slowest }) => (slowest && seconds > 0 ? [{ ...slowest, epoch: seconds }] : []));
  if (told.length < fewest) return undefined;
  const hosts = new Map(places.map(({ rank, host }) => [rank, host]));
  const hostOf = (one: SlowestRank) => one.host ?? hosts.get(one.rank) ?? null;
  const enough = mostly * told.length;

  const ofRank = largest(told, ({ rank }) => rank);
  const ofHost = largest(told, hostOf);
  const severalHosts = new Set(hosts.values()).size > 1;
  const wholeHost = ofRank.length < enough;
  if (wholeHost && !(severalHosts && ofHost.length >= enough)) return undefined;

  const group = wholeHost ? ofHost : ofRank;
  const ratio = median(group.map(({ seconds, median }) => (median > 0 ? seconds / median : 1)));
  if (ratio < notable) return undefined;
  const { rank } = largest(group, (one) => one.rank)[0];
  return {
    ...{ rank, host: hostOf(group[0]), wholeHost, ratio },
    epochs: group.length / told.length,
    waiting: median(group.map(({ waited, epoch }) => Math.min(1, waited / epoch))),
  };
}

/** The largest of the groups with the same key. */
function largest<T>(all: readonly T[], key: (one: T) => unknown): T[] {
  return [...Map.groupBy(all, key).values()].reduce((most, group) =>
    group.length > most.length ? group : most,
  );
}

/** "rank 3 on n2 takes 1.40 times as long as the median of the others, who wait for it 28 % of the time". */
export function stragglerInWords({ rank, host, wholeHost, ratio, waiting }: Straggler): string {
  const where = host === null ? '' : ` on ${host}`;
  const who = wholeHost ? `the slowest rank${where}` : `rank ${rank}${where}`;
  return `${who} takes ${ratio.toFixed(2)} times as long as the median of the others, who wait for it ${(100 * waiting).toFixed(0)} % of the time`;
}
