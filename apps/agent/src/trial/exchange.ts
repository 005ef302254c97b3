import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { threadsMemory } from '@litmatter/training';
import type { TrialResult } from './trial.ts';

type Exchange = NonNullable<NonNullable<TrialResult['training']>['exchange']>;

/** What the all-reduce of one number, and of the whole gradient, takes between two ranks: median seconds each. */
export interface ExchangeTimes {
  readonly small: number;
  readonly whole: number;
}

/**
 * Time the all-reduce of a model's gradient between two ranks of this machine: latency from a single number, bandwidth
 * from what the whole gradient takes more. Null where there are no two cores to try it on.
 */
export async function measureExchange(parameters: number): Promise<Exchange | null> {
  if (availableParallelism() < 2) return null;
  const memory = threadsMemory(2);
  const ranks = [0, 1].map(
    (rank) =>
      new Worker(new URL('exchange-thread.ts', import.meta.url), {
        workerData: { memory, rank, parameters },
      }),
  );
  try {
    const { small, whole } = await new Promise<ExchangeTimes>((resolve, reject) => {
      ranks[0]!.on('message', resolve);
      for (const rank of ranks) rank.on('error', reject);
    });
    const gradientBytes = 4 * parameters;
    return {
      latencySeconds: small,
      bytesPerSecond: gradientBytes / Math.max(whole - small, small / 10),
      gradientBytes,
    };
  } finally {
    await Promise.all(ranks.map((rank) => rank.terminate()));
  }
}
