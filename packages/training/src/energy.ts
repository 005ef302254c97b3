import type { RankEpoch } from '@litmatter/protocol';
import type { Collective } from './collective/collective.ts';
import { gatherText } from './collective/text.ts';

/** What can be counted where a rank computes: its host's processors and memory, its GPU. */
export const counters = ['cpu', 'gpu'] as const;
export type Counter = (typeof counters)[number];

/** Joules; NaN where they cannot be read. */
export type Joules = Readonly<Record<Counter, number>>;

/** Counts the energy spent where a rank computes. */
export interface EnergyMeter {
  /**
   * What each counter counts, by a name of its own among all machines: ranks that give the same name count the same,
   * and the first of them counts for all. Null where it cannot be read.
   */
  readonly names: Readonly<Record<Counter, string | null>>;
  /** So far, from an arbitrary beginning. */
  read(): Joules;
}

export const noEnergy: EnergyMeter = {
  names: { cpu: null, gpu: null },
  read: () => ({ cpu: Number.NaN, gpu: Number.NaN }),
};

export function spentSince(before: Joules, now: Joules): Joules {
  return { cpu: now.cpu - before.cpu, gpu: now.gpu - before.gpu };
}

/** Every rank's names, by rank: known on rank 0 alone, as the epoch's record is. */
export type CounterNames = readonly EnergyMeter['names'][];

export async function gatherNames(
  collective: Collective,
  { names }: EnergyMeter,
): Promise<CounterNames | undefined> {
  const texts = await gatherText(collective, JSON.stringify([names.cpu, names.gpu]));
  return texts?.map((text) => {
    const [cpu, gpu] = JSON.parse(text) as [string | null, string | null];
    return { cpu, gpu };
  });
}

/** What an epoch took, each counter once: by rank, and all together where every one was read. */
export function countEnergy(
  names: CounterNames,
  readings: readonly Joules[],
): { readonly ranks: readonly RankEpoch['joules'][]; readonly total: RankEpoch['joules'] } {
  const ranks: { cpu?: number; gpu?: number }[] = readings.map(() => ({}));
  const total: { cpu?: number; gpu?: number } = {};
  for (const counter of counters) {
    const seen = new Set<string>();
    let sum = 0;
    let all = true;
    for (const [rank, reading] of readings.entries()) {
      const name = names[rank]?.[counter] ?? null;
      if (name === null) all = false;
      if (name === null || seen.has(name)) continue;
      seen.add(name);
      const value = reading[counter];
      if (value >= 0) {
        ranks[rank]![counter] = value;
        sum += value;
      } else all = false;
    }
    if (all) total[counter] = sum;
  }
  const some = (joules: object | undefined) => joules !== undefined && Object.keys(joules).length > 0;
  return { ranks: ranks.map((one) => (some(one) ? one : undefined)), total: some(total) ? total : undefined };
}
