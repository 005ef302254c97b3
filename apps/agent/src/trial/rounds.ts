import { Worker } from 'node:worker_threads';
import type { BackendName, RunSpec } from '@litmatter/protocol';
import { type ThreadsMemory, type TrainingData, threadsMemory } from '@litmatter/training';

/** So many ranks train for a moment, at once, on a few molecules. */
export interface Round {
  readonly ranks: number;
  readonly batch: number;
  /** The first so many training molecules. */
  readonly samples: number;
}

/** One epoch of a round that was timed. */
export interface RoundEpoch {
  /** Of the slowest rank. */
  readonly seconds: number;
  readonly steps: number;
  /** Of rank 0: neither reading, computing, exchanging nor optimising. */
  readonly loopSeconds: number;
  /** Of rank 0: reading, computing and optimising. */
  readonly workSeconds: number;
}

/** What a round's thread is started with. */
export interface RoundsInput {
  readonly rank: number;
  readonly rounds: readonly Round[];
  /** Where the ranks of each round exchange gradients; null for one alone. */
  readonly memories: readonly (ThreadsMemory | null)[];
  /** Where all threads meet before each round. */
  readonly gate: ThreadsMemory;
  readonly spec: RunSpec;
  readonly config: string | null;
  /** Lies in shared memory. */
  readonly data: TrainingData;
}

/** What thread 0 says at the end: the epochs of each round. */
export interface RoundsDone {
  readonly backend: BackendName;
  readonly device: string;
  readonly epochs: readonly (readonly RoundEpoch[])[];
}

/**
 * Carry out rounds one after the other on threads that are started once, as many as the largest round has ranks: those
 * that a round does not need sleep. Each is a run in small: the same loop, model, exchange and warm-up.
 *
 * @throws Error of the thread that failed first
 */
export async function runRounds(
  rounds: readonly Round[],
  shared: Pick<RoundsInput, 'spec' | 'config' | 'data'>,
): Promise<RoundsDone> {
  const size = Math.max(...rounds.map((round) => round.ranks));
  const input = {
    ...shared,
    rounds,
    gate: threadsMemory(size),
    memories: rounds.map(({ ranks }) => (ranks > 1 ? threadsMemory(ranks) : null)),
  };
  const threads = Array.from(
    { length: size },
    (_, rank) =>
      new Worker(new URL('round-thread.ts', import.meta.url), {
        workerData: { ...input, rank } satisfies RoundsInput,
      }),
  );
  try {
    return await new Promise<RoundsDone>((resolve, reject) => {
      for (const thread of threads) {
        thread.on('message', resolve);
        thread.on('error', reject);
        thread.on('exit', (code) => {
          if (code !== 0) reject(new Error(`a rank of the trial ended with code ${code}`));
        });
      }
    });
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
}
