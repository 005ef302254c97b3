import { backendName, runSpec } from '@litmatter/protocol';
import { z } from 'zod';

/**
 * A trial: a short look at a data set and a model on this machine, in a process of its own, from which a forecast is
 * made. It goes in as one JSON text on stdin and comes back as one on stdout.
 */
export const trialRequest = z.strictObject({
  /** One cell of the grid; its device count does not matter. */
  spec: runSpec,
  dataFolder: z.string().min(1),
  config: z.string().nullable(),
  /** Whether to train a few steps; without, only the molecules are counted. */
  train: z.boolean(),
  /** So many ranks are tried at once, where cores allow: as many as the plan asks for on one machine. */
  ranks: z.number().int().positive(),
});

/** Sizes of at most so many training molecules are told. */
export const maxSizes = 2_000;

export const trialResult = z.object({
  /** Of the whole data set. */
  molecules: z.number().int().positive(),
  /** Edges and atoms of training molecules, a fair sample: what a step's time grows with. */
  sizes: z.array(z.number().nonnegative()).min(1).max(maxSizes),
  training: z
    .object({
      backend: backendName,
      device: z.string(),
      /** Cores of the machine it was tried on. */
      cores: z.number().int().positive(),
      /** Seconds and size of steps of one rank alone, batches of two sizes among them. */
      steps: z.array(z.object({ seconds: z.number().positive(), size: z.number().positive() })).min(1),
      /** Seconds of epochs beside their steps: shuffling, dealing out, the loop's own. */
      epochOverheadSeconds: z.array(z.number().nonnegative()),
      /** Epochs of several ranks at once: what sharing cores, caches and memory costs them. */
      together: z.array(
        z.object({
          ranks: z.number().int().min(2),
          batch: z.number().int().positive(),
          /** Of the molecules of such an epoch. */
          sizes: z.array(z.number().nonnegative()).min(1),
          seconds: z.array(z.number().positive()).min(1),
        }),
      ),
      exchange: z
        .object({
          latencySeconds: z.number().positive(),
          bytesPerSecond: z.number().positive(),
          gradientBytes: z.number().int().positive(),
        })
        .nullable(),
    })
    .nullable(),
});

export type TrialRequest = z.infer<typeof trialRequest>;
export type TrialResult = z.infer<typeof trialResult>;
