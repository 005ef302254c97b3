import { z } from 'zod';
import { endState, epochEvent, startedEvent } from './event.ts';
import { id } from './ids.ts';
import { experimentSpec, runSpec } from './spec.ts';

/** What the hub says of experiments and runs: the shapes of its REST answers and socket messages. */

export const runState = z.enum(['queued', 'starting', 'running', ...endState.options]);

export const runView = z.object({
  id,
  experiment: id,
  index: z.number().int().nonnegative(),
  spec: runSpec,
  state: runState,
  /** Why it failed or was cancelled, or what it waits for. */
  reason: z.string().nullable(),
  attempt: z.number().int().nonnegative(),
  /** From the attempt's `started` event. */
  started: startedEvent
    .pick({
      ranks: true,
      collective: true,
      parameters: true,
      trainSamples: true,
      validationSamples: true,
      stepsPerEpoch: true,
      oversubscribed: true,
    })
    .nullable(),
  testMae: z.number().nullable(),
  createdAt: z.number(),
  startedAt: z.number().nullable(),
  endedAt: z.number().nullable(),
  /** When the hub last heard from the run's rank 0: "lost contact since" is drawn from this. */
  lastHeardAt: z.number().nullable(),
});

export const experimentState = z.enum(['queued', 'running', 'succeeded', 'failed', 'cancelled']);

export const experimentSummary = z.object({
  id,
  name: z.string(),
  state: experimentState,
  archived: z.boolean(),
  createdAt: z.number(),
  endedAt: z.number().nullable(),
  models: z.array(z.string()),
  dataset: z.string(),
  devices: z.array(z.number()),
  runs: z.number(),
  runsEnded: z.number(),
  runsFailed: z.number(),
  epochs: z.number(),
  epochsDone: z.number(),
  bestValidationMae: z.number().nullable(),
  /** Of the target, and so of the error; null where it was not known when the experiment was stored. */
  targetUnit: z.string().nullable(),
});

/** An epoch as a page needs it: the record without its per-rank list where that is long. */
export const epochView = epochEvent;

/** Everything a page shows of one experiment, as of `cursor`. */
export const experimentSnapshot = z.object({
  experiment: experimentSummary,
  spec: experimentSpec,
  runs: z.array(runView),
  epochs: z.array(epochView),
  /** Position in the hub's log: pass it back to get only what came later. */
  cursor: z.number().int().nonnegative(),
});

/** What changed after the cursor a page holds. Runs replace the earlier ones of the same id, epochs are new. */
export const experimentUpdate = experimentSnapshot.omit({ spec: true });

export const problem = z.object({
  /** A sentence: what, where, how to mend. */
  message: z.string(),
  /** Field path -> sentence, for a form to mark. */
  fields: z.record(z.string(), z.string()).optional(),
});

export type RunState = z.infer<typeof runState>;
export type RunView = z.infer<typeof runView>;
export type ExperimentState = z.infer<typeof experimentState>;
export type ExperimentSummary = z.infer<typeof experimentSummary>;
export type ExperimentSnapshot = z.infer<typeof experimentSnapshot>;
export type ExperimentUpdate = z.infer<typeof experimentUpdate>;
export type Problem = z.infer<typeof problem>;
