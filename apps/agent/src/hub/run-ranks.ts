import type { EpochEvent, RankEpoch, RunRanks, StartedEvent } from '@litmatter/protocol';
import type { Database } from './database.ts';
import { type EventRow, joinEvent } from './rows.ts';

/** A rank's time is the median of so many epochs, the newest: of 416 ranks they are a megabyte to read. */
const looked = 20;

/** Where the ranks of an attempt compute, and the medians of what their newest epochs' time went to. */
export function ranksOf(db: Database, run: string, attempt: number): RunRanks {
  const rows = (type: 'started' | 'epoch', limit: number) =>
    db
      .all<EventRow>(
        `SELECT cursor, body, rank_count, ranks FROM events
           WHERE run = ? AND attempt = ? AND type = ? ORDER BY seq DESC LIMIT ?`,
        ...[run, attempt, type, limit],
      )
      .map(joinEvent);
  const [started] = rows('started', 1) as StartedEvent[];
  const newest = rows('epoch', looked + 1) as EpochEvent[];
  const counted = newest.slice(0, Math.max(1, Math.min(looked, newest.length - 1)));
  const byRank = Map.groupBy(
    counted.flatMap((epoch) => epoch.ranks),
    ({ rank }) => rank,
  );
  const ranks = (started?.ranks ?? []).flatMap((place) => {
    const own = byRank.get(place.rank);
    return own === undefined ? [] : [{ ...place, ...middle(own) }];
  });
  return { run, attempt, epochs: counted.length, ranks };
}

const times = ['seconds', 'data', 'compute', 'communication', 'optimiser'] as const;

/** Of each figure the median by itself. Energy is told where every one of the epochs tells it. */
function middle(epochs: readonly RankEpoch[]): RankEpoch {
  const [{ rank, samples }] = epochs as [RankEpoch];
  const of = (figure: (epoch: RankEpoch) => number | undefined) => {
    const known = epochs.flatMap((epoch) => figure(epoch) ?? []).sort((a, b) => a - b);
    return known.length < epochs.length
      ? undefined
      : (known[known.length >> 1]! + known[(known.length - 1) >> 1]!) / 2;
  };
  const [cpu, gpu] = [of(({ joules }) => joules?.cpu), of(({ joules }) => joules?.gpu)];
  const joules = { ...(cpu !== undefined && { cpu }), ...(gpu !== undefined && { gpu }) };
  const medians = Object.fromEntries(times.map((time) => [time, of((epoch) => epoch[time])!])) as Pick<
    RankEpoch,
    (typeof times)[number]
  >;
  return { rank, samples, ...medians, ...(Object.keys(joules).length > 0 && { joules }) };
}
