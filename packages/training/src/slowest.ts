import type { RankEpoch, SlowestRank } from '@litmatter/protocol';

/**
 * The rank with most data and compute seconds, and how long the others waited for it. All ranks leave an exchange
 * together, so the least time that any spent in it is what the exchange itself takes: what the others spent beyond
 * that they waited. Undefined with one rank.
 */
export function slowestOf(
  ranks: readonly Pick<RankEpoch, 'rank' | 'data' | 'compute' | 'communication'>[],
): SlowestRank | undefined {
  if (ranks.length < 2) return undefined;
  const busy = ranks.map(({ data, compute }) => data + compute);
  const at = busy.reduce((most, seconds, i) => (seconds > busy[most] ? i : most), 0);
  const least = Math.min(...ranks.map(({ communication }) => communication));
  const others = ranks.filter((_, i) => i !== at);
  const waited = others.reduce((sum, rank) => sum + rank.communication - least, 0) / others.length;
  return {
    rank: ranks[at].rank,
    seconds: busy[at],
    median: median(others.map(({ data, compute }) => data + compute)),
    waited,
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
