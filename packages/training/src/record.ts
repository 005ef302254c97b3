import type { EpochEvent, RankEpoch } from '@litmatter/protocol';
import type { Collective } from './collective/collective.ts';
import { type CounterNames, countEnergy, type Joules } from './energy.ts';
import type { EpochOutcome } from './epoch.ts';
import { paddedSamples } from './sampler.ts';
import { slowestOf } from './slowest.ts';
import { phases } from './stopwatch.ts';

/** An epoch record as the reporter takes it: its key is the spool's to give. */
export type EpochRecord = Omit<EpochEvent, 'run' | 'attempt' | 'seq' | 'at'>;

/** What all ranks know of an epoch already. */
export interface EpochFacts {
  readonly epoch: number;
  readonly steps: number;
  readonly trainSamples: number;
  readonly learningRate: number;
  readonly validationMae: number | null;
  /** Of each rank; on rank 0 alone. */
  readonly hosts: readonly string[] | undefined;
  /** What this rank's meter counted; NaN where it cannot. */
  readonly spent: Joules;
  /** Whose meter counts what; on rank 0 alone. */
  readonly counterNames: CounterNames | undefined;
}

/** Gather every rank's times and put the epoch's record together on rank 0; undefined elsewhere. */
export async function epochRecord(
  collective: Collective,
  outcome: EpochOutcome,
  validationSeconds: number,
  facts: EpochFacts,
): Promise<EpochRecord | undefined> {
  const { watch, seconds, samples } = outcome;
  const { epoch, steps, trainSamples, learningRate, validationMae, hosts, spent, counterNames } = facts;
  const own = Float64Array.of(
    ...[seconds, samples, validationSeconds],
    ...phases.map((phase) => watch.seconds(phase)),
    ...[spent.cpu, spent.gpu],
  );
  const gathered = await collective.gather(own);
  if (!gathered) return undefined;
  const energy = countEnergy(
    counterNames ?? [],
    gathered.map((values) => ({ cpu: values[7], gpu: values[8] })),
  );
  const ranks = gathered.map(
    (values, rank): RankEpoch => ({
      rank,
      seconds: values[0],
      samples: values[1],
      data: values[3],
      compute: values[4],
      communication: values[5],
      optimiser: values[6],
      ...(energy.ranks[rank] && { joules: energy.ranks[rank] }),
    }),
  );
  const slowest = slowestOf(ranks);
  return {
    type: 'epoch',
    devices: collective.size,
    epoch,
    seconds: Math.max(...ranks.map((r) => r.seconds)),
    validationSeconds: Math.max(...gathered.map((values) => values[2])),
    steps,
    samples: trainSamples,
    padded: paddedSamples({ samples: trainSamples, ranks: collective.size }),
    trainLoss: outcome.trainLoss,
    validationMae,
    learningRate,
    imbalance: imbalance(ranks),
    ...(slowest && { slowest: { ...slowest, ...(hosts && { host: hosts[slowest.rank] }) } }),
    ...(energy.total && { joules: energy.total }),
    ranks,
  };
}

/** Slowest rank over mean rank, of the seconds a rank spends on its own work. At least 1. */
export function imbalance(ranks: readonly Pick<RankEpoch, 'data' | 'compute'>[]): number {
  const busy = ranks.map((r) => r.data + r.compute);
  const mean = busy.reduce((sum, seconds) => sum + seconds, 0) / busy.length;
  // Rounding may bring the largest of equal numbers below their mean.
  return mean > 0 ? Math.max(1, Math.max(...busy) / mean) : 1;
}
