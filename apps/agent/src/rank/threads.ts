import { Worker } from 'node:worker_threads';
import type { RunEventBody } from '@litmatter/protocol';
import {
  abandon,
  pulseMemory,
  type ThreadsMemory,
  type TrainingData,
  threadsMemory,
} from '@litmatter/training';
import type { RankJob } from '../job.ts';
import { endThread, noteHolding } from './end-thread.ts';
import { Stillness } from './stillness.ts';

/** What a rank's thread is started with. */
export interface ThreadInput {
  readonly rank: number;
  readonly job: RankJob;
  /** Lies in shared memory. */
  readonly data: TrainingData;
  /** Null for one rank alone. */
  readonly memory: ThreadsMemory | null;
  /** One Int32: not 0 once the run is to stop. */
  readonly stop: SharedArrayBuffer;
  /** Where each rank shows that it goes on. */
  readonly pulses: SharedArrayBuffer;
  readonly oversubscribed: boolean;
}

/** What a rank's thread says. */
export type ThreadMessage =
  | { readonly type: 'report'; readonly body: RunEventBody }
  /** It holds a graphics device, which it must let go of before it is ended. */
  | { readonly type: 'holds' }
  | {
      readonly type: 'done';
      readonly outcome: 'finished' | 'stopped';
      readonly testMae: number | null;
      /** The serialised training state; from rank 0 alone, all ranks having the same. */
      readonly state: Uint8Array | null;
    }
  | { readonly type: 'failed'; readonly name: string; readonly message: string; readonly stack: string };

export type ThreadDone = Extract<ThreadMessage, { type: 'done' }>;

/** A rank's thread threw, or died. `errorName` is the name of what it threw, "ThreadExit" where it died. */
export class RankError extends Error {
  override readonly name = 'RankError';
  readonly rank: number;
  readonly errorName: string;
  constructor(rank: number, errorName: string, message: string, stack?: string) {
    super(message);
    this.rank = rank;
    this.errorName = errorName;
    if (stack) this.stack = stack;
  }
}

/**
 * A thread that dies or throws is noticed at once, one that hangs by its pulse (stillness.ts). This is for what is left,
 * a thread whose kernels never end, and so it must be longer than any step of a large model on an oversubscribed laptop.
 */
const deadlineSeconds = 600;

/** How long the other ranks have to end by themselves once one has failed. */
const graceSeconds = 5;

export interface ThreadsInput extends Omit<ThreadInput, 'rank' | 'memory' | 'pulses'> {
  readonly onReport: (body: RunEventBody) => void;
  /** The module each rank runs; another one in tests. */
  readonly module?: URL;
  /** How long a rank may stand still at least; shorter in tests. */
  readonly stillSeconds?: number;
}

/**
 * Train with every rank in a thread of its own. Resolves with what rank 0 says at the end.
 *
 * @throws RankError of the rank that failed first, for another reason than the loss of a peer where there is one
 */
export async function runThreads(input: ThreadsInput): Promise<ThreadDone> {
  const { onReport, module = new URL('./thread.ts', import.meta.url), stillSeconds, ...shared } = input;
  const size = input.job.spec.devices;
  const memory = size > 1 ? threadsMemory(size, { deadlineSeconds }) : null;
  const pulses = pulseMemory(size);
  const failures: RankError[] = [];
  let done: ThreadDone | undefined;
  let grace: NodeJS.Timeout | undefined;
  const stuck = Promise.withResolvers<void>();

  const workers = Array.from(
    { length: size },
    (_, rank) =>
      new Worker(module, { workerData: { ...shared, rank, memory, pulses } satisfies ThreadInput }),
  );
  const terminateAll = () => Promise.all(workers.map(endThread));
  const failed = (error: RankError) => {
    failures.push(error);
    if (memory) abandon(memory, error.rank);
    grace ??= setTimeout(() => void terminateAll(), graceSeconds * 1000);
    // In a native call that never returns a thread cannot be ended: it is not waited for.
    setTimeout(stuck.resolve, 2 * graceSeconds * 1000).unref();
  };
  const stillness = new Stillness({
    memory: pulses,
    ranks: size,
    onStill: (rank, sentence) => failed(new RankError(rank, 'ThreadExit', sentence)),
    ...(stillSeconds !== undefined && { leastSeconds: stillSeconds }),
  });

  const over = Promise.all(
    workers.map(
      (worker, rank) =>
        new Promise<void>((resolve) => {
          let settled = false;
          const settle = (error?: RankError) => {
            if (!settled && error) failed(error);
            settled = true;
          };
          worker.on('message', (message: ThreadMessage) => {
            if (message.type === 'holds') {
              noteHolding(worker, true);
              return;
            }
            if (message.type === 'report') {
              try {
                onReport(message.body);
              } catch (error) {
                const { name, message, stack } = error as Error;
                settle(new RankError(rank, name, message, stack));
                void endThread(worker);
              }
              return;
            }
            if (message.type === 'failed') {
              settle(new RankError(rank, message.name, message.message, message.stack));
            } else {
              settle();
              if (rank === 0) done = message;
            }
            noteHolding(worker, false);
            void endThread(worker);
          });
          // Thrown outside of what the thread itself watches, or out of memory.
          worker.on('error', (error: NodeJS.ErrnoException) => {
            const name = error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'ThreadExit' : error.name;
            settle(new RankError(rank, name, error.message, error.stack));
          });
          worker.on('exit', (code) => {
            settle(new RankError(rank, 'ThreadExit', `its thread ended with code ${code}`));
            resolve();
          });
        }),
    ),
  );
  await Promise.race([over, stuck.promise]);
  stillness.stop();
  clearTimeout(grace);
  // The ranks that lost the one that failed say so too, sometimes first: they are not the cause.
  const cause = failures.find((error) => error.errorName !== 'LostPeerError') ?? failures[0];
  if (cause) throw cause;
  if (!done) throw new RankError(0, 'ThreadExit', 'it ended without a result');
  return done;
}
