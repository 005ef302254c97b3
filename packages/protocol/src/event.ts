import { z } from 'zod';
import { id } from './ids.ts';
import { backendName } from './spec.ts';

const seconds = z.number().nonnegative();
const wholeNumber = z.number().int().nonnegative();

/** Joules spent in an epoch's training, its validation not included. What cannot be read is left out, never guessed. */
const joules = z.number().nonnegative();

/** Where one rank computes. */
export const rankPlace = z.object({
  rank: wholeNumber,
  host: z.string().max(255),
  /** "core 1", "Tesla V100-SXM2-32GB": what the backend says it truly uses. */
  device: z.string().max(255),
  backend: backendName,
});

/**
 * One rank's share of an epoch, in seconds. `data + compute + communication + optimiser` is at most `seconds`;
 * the rest is the loop's own.
 */
export const rankEpoch = z.object({
  rank: wholeNumber,
  seconds,
  data: seconds,
  compute: seconds,
  communication: seconds,
  optimiser: seconds,
  samples: wholeNumber,
  joules: z
    .object({
      /** Processors and memory of its host (RAPL), whatever ran there; on the first rank of each host alone. */
      cpu: joules.optional(),
      /** Its GPU (power draw, sampled); on the first of the ranks that share one alone. */
      gpu: joules.optional(),
    })
    .optional(),
});

/** The rank that had most to do of its own in an epoch, and what that cost the others. */
export const slowestRank = z.object({
  rank: wholeNumber,
  host: rankPlace.shape.host.optional(),
  /** Its data + compute seconds, and the median of the other ranks'. */
  seconds,
  median: seconds,
  /** Mean seconds that the other ranks spent in the exchange beyond what any rank must: they waited for it. */
  waited: seconds,
});

const key = {
  run: id,
  attempt: z.number().int().positive(),
  /** 0, 1, 2 ... within (run, attempt): the key under which an event is stored exactly once. */
  seq: wholeNumber,
  /** Milliseconds since 1970. */
  at: z.number().int().nonnegative(),
};

export const startedEvent = z.object({
  ...key,
  type: z.literal('started'),
  devices: z.number().int().positive(),
  ranks: z.array(rankPlace),
  collective: z.enum(['single', 'threads', 'mpi']),
  parameters: wholeNumber,
  trainSamples: wholeNumber,
  validationSamples: wholeNumber,
  stepsPerEpoch: wholeNumber,
  /** More ranks than cores or devices: times do not show scaling. */
  oversubscribed: z.boolean(),
  /** The epoch of the checkpoint it goes on from; absent where it begins anew. */
  resumedAfter: z.number().int().positive().optional(),
});

/** What one epoch of one run was: the unit everything downstream is made of. */
export const epochEvent = z.object({
  ...key,
  type: z.literal('epoch'),
  devices: z.number().int().positive(),
  /** 1, 2, ... */
  epoch: z.number().int().positive(),
  /**
   * Training time of the slowest rank, validation not included. Each run first trains about a second on a copy that is
   * thrown away, so that the first epoch does not time the compiler.
   */
  seconds,
  validationSeconds: seconds,
  steps: wholeNumber,
  /** Samples of the training split, each counted once; `padded` more were repeated to fill the ranks. */
  samples: wholeNumber,
  padded: wholeNumber,
  /** Mean loss over the epoch's samples, in the unit the loss is taken in. */
  trainLoss: z.number().nullable(),
  /** Mean absolute error in the target's own unit; null when there is no validation split. */
  validationMae: z.number().nullable(),
  learningRate: z.number(),
  /** Slowest rank / mean rank, of data + compute seconds. */
  imbalance: z.number().min(1),
  /** Absent with one rank, and in the records of older versions. */
  slowest: slowestRank.optional(),
  /** Of all hosts and GPUs together; each absent unless all of them could be read. */
  joules: rankEpoch.shape.joules,
  ranks: z.array(rankEpoch),
});

export const logEvent = z.object({
  ...key,
  type: z.literal('log'),
  level: z.enum(['info', 'warning', 'error']),
  message: z.string().max(10_000),
});

/** How a run ends. */
export const endState = z.enum(['succeeded', 'failed', 'cancelled']);

/** How an attempt ends. `interrupted`: it had to make room (preemption, a time limit), and has saved. */
export const attemptEndState = z.enum([...endState.options, 'interrupted']);

export const endedEvent = z.object({
  ...key,
  type: z.literal('ended'),
  state: attemptEndState,
  /** True where another attempt may well go on from the last checkpoint: a rank was lost, nothing was wrong. */
  resumable: z.boolean().optional(),
  /** A sentence a person can act on; absent only where the run succeeded. */
  reason: z.string().max(10_000).optional(),
  testMae: z.number().nullable().optional(),
});

export const runEvent = z.discriminatedUnion('type', [startedEvent, epochEvent, logEvent, endedEvent]);

export type RankPlace = z.infer<typeof rankPlace>;
export type RankEpoch = z.infer<typeof rankEpoch>;
export type SlowestRank = z.infer<typeof slowestRank>;
export type StartedEvent = z.infer<typeof startedEvent>;
export type EpochEvent = z.infer<typeof epochEvent>;
export type LogEvent = z.infer<typeof logEvent>;
export type EndedEvent = z.infer<typeof endedEvent>;
export type RunEvent = z.infer<typeof runEvent>;
export type EndState = z.infer<typeof endState>;
export type AttemptEndState = z.infer<typeof attemptEndState>;

/** A run event before the spool has given it its key. */
export type RunEventBody = RunEvent extends infer E
  ? E extends RunEvent
    ? Omit<E, keyof typeof key>
    : never
  : never;
