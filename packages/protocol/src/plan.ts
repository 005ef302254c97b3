import { z } from 'zod';

/** What would happen if a spec were launched. Nothing here has been measured in this experiment. */
export const runPlan = z.object({
  model: z.string(),
  /** Model with what tells it from others of the grid: "schnet small {hiddenChannels 64}, 1,000 molecules". */
  series: z.string(),
  devices: z.number().int().positive(),
  trainSamples: z.number().int().nonnegative(),
  stepsPerEpoch: z.number().int().positive(),
  globalBatch: z.number().int().positive(),
  /** Share of samples repeated so that every rank has as many. */
  padding: z.number().nonnegative(),
  oversubscribed: z.boolean(),
  warnings: z.array(z.string()),
  /** Forecast seconds per epoch with its band; null until a calibration or earlier runs allow one. */
  forecast: z.object({ seconds: z.number(), low: z.number(), high: z.number() }).nullable(),
});

export const plan = z.object({
  runs: z.number().int().positive(),
  perModelAndCount: z.array(runPlan),
  deviceHours: z.number().nullable(),
  wallSeconds: z.number().nullable(),
  /** Where the forecast comes from, in words; null where there is none. */
  basis: z.string().nullable(),
  warnings: z.array(z.string()),
  /**
   * What is handed to the batch system, a script a device count (one for all of them where runs share an allocation);
   * absent where the launcher hands in nothing.
   */
  scripts: z
    .array(
      z.object({
        devices: z.number().int().positive(),
        /** What the hub hands in for a run; ids and folder are given when the experiment is stored. */
        text: z.string(),
        /** The same for a person to hand in without a hub: it holds the spec, and leaves the result in a folder. */
        standalone: z.string(),
      }),
    )
    .optional(),
});

export type RunPlan = z.infer<typeof runPlan>;
export type Plan = z.infer<typeof plan>;
