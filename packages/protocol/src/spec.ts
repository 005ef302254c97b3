import { z } from 'zod';
import { registryName } from './ids.ts';
import { slurmName, slurmTime } from './site.ts';

/** Numbers a person may type as `1e-3`; never NaN, never infinite. */
const positive = z.number().positive();
const count = z.number().int().positive();

/** Device counts go to 4096: ten times the paper's 416. */
export const maxDevices = 4096;

/** Options of a model or data set: checked again by the schema its definition carries. */
export const options = z.record(z.string(), z.unknown());

export const modelChoice = z.strictObject({
  name: registryName,
  preset: registryName.default('small'),
  options: options.default({}),
});

/** Splits that are known by name: DimeNet's of the full QM9, and the one a data set's own files say. */
export const splitName = z.enum(['dimenet', 'official']);

const fractions = { train: 0.8, validation: 0.1, test: 0.1 };
const fraction = z.number().min(0).max(1);

export const split = z
  .strictObject({
    /** Takes the place of the fractions. */
    named: splitName.optional(),
    train: fraction.gt(0).default(fractions.train),
    validation: fraction.default(fractions.validation),
    test: fraction.default(fractions.test),
    seed: z.number().int().nonnegative().default(42),
  })
  .refine((s) => s.train + s.validation + s.test <= 1 + 1e-9, {
    message: 'train + validation + test must not be more than 1',
  })
  .refine(
    (s) =>
      !s.named ||
      (s.train === fractions.train && s.validation === fractions.validation && s.test === fractions.test),
    { message: 'a named split has parts of its own: leave out train, validation and test' },
  );

export const datasetChoice = z.strictObject({
  name: registryName,
  target: registryName.optional(),
  limit: count.optional(),
  split: split.prefault({}),
  options: options.default({}),
});

export const training = z.strictObject({
  epochs: count.max(100_000).default(5),
  batchPerDevice: count.max(65_536).default(32),
  learningRate: positive.max(10).default(1e-3),
  loss: z.enum(['mse', 'l1']).default('mse'),
  optimiser: z.enum(['adam']).default('adam'),
  schedule: z.enum(['plateau', 'constant']).default('plateau'),
  /** Plateau: factor, patience in epochs and floor, with PyTorch's ReduceLROnPlateau rules. */
  plateau: z
    .strictObject({
      factor: z.number().gt(0).lt(1).default(0.7),
      patience: z.number().int().nonnegative().default(5),
      minimum: z.number().nonnegative().default(1e-5),
    })
    .prefault({}),
  /** Whether the loss sees (y - mean) / std of the training split; errors are always reported in the target's unit. */
  normaliseTarget: z.boolean().default(true),
  seed: z.number().int().nonnegative().default(42),
  /** After every so many epochs (fewer where epochs are shorter than writing takes); the last `keep` are kept. */
  checkpoints: z.strictObject({ every: count.default(1), keep: count.max(100).default(3) }).prefault({}),
  /** New attempts that go on from the last checkpoint by themselves after a fault. */
  maxRestarts: z.number().int().nonnegative().max(1_000).default(3),
});

export const backendName = z.enum(['tensorflow', 'webgpu', 'wasm', 'cpu']);
export const backendChoice = z.enum(['auto', ...backendName.options]);
export const launcherName = z.enum(['local', 'mpirun', 'slurm']);

/**
 * How ranks start. What another launcher needs may stand here too, so that one spec goes everywhere; what is not here
 * is the site's (litmatter.config.ts).
 */
export const launcherChoice = z.strictObject({
  name: launcherName.default('local'),
  /** mpirun: a file with a host a line, on the hub's machine; without it all ranks are on that one. */
  hostsFile: z
    .string()
    .min(1)
    .max(4_096)
    .regex(/^[^\r\n\0]*$/, 'must be one line')
    .optional(),
  /** slurm: */
  partition: slurmName.optional(),
  account: slurmName.optional(),
  qos: slurmName.optional(),
  timeLimit: slurmTime.optional(),
  /** slurm: ask for one GPU a rank. */
  gpus: z.boolean().optional(),
  /**
   * slurm: whether each run waits in the queue as a job of its own, or all runs of the experiment share one allocation
   * as its steps, one after another. Jobs where it is left out.
   */
  runsAs: z.enum(['jobs', 'steps']).optional(),
});

export const devices = z
  .array(count.max(maxDevices))
  .min(1, 'name at least one device count')
  .max(64)
  .refine((list) => new Set(list).size === list.length, 'each device count may stand once only');

/** What a person writes: a grid of models x one data set x device counts x repeats. */
export const experimentSpec = z.strictObject({
  name: z.string().trim().min(1, 'give the experiment a name').max(200),
  models: z.array(modelChoice).min(1, 'choose at least one model').max(16),
  dataset: datasetChoice,
  training: training.prefault({}),
  devices,
  repeats: count.max(20).default(1),
  launcher: launcherChoice.prefault({}),
  backend: backendChoice.default('auto'),
});

/** One cell of the grid: everything a rank needs to know to do its share. */
export const runSpec = z.strictObject({
  model: modelChoice,
  dataset: datasetChoice,
  training,
  devices: count.max(maxDevices),
  repeat: z.number().int().nonnegative(),
  launcher: launcherChoice,
  backend: backendChoice,
});

export type ModelChoice = z.infer<typeof modelChoice>;
export type DatasetChoice = z.infer<typeof datasetChoice>;
export type Split = z.infer<typeof split>;
export type SplitName = z.infer<typeof splitName>;
export type TrainingSpec = z.infer<typeof training>;
export type BackendName = z.infer<typeof backendName>;
export type BackendChoice = z.infer<typeof backendChoice>;
export type LauncherName = z.infer<typeof launcherName>;
export type LauncherChoice = z.infer<typeof launcherChoice>;
export type ExperimentSpec = z.infer<typeof experimentSpec>;
/** The spec as written, defaults left out. */
export type ExperimentSpecInput = z.input<typeof experimentSpec>;
export type RunSpec = z.infer<typeof runSpec>;

/**
 * Expand an experiment into its runs: every model at every device count, repeats outermost so that
 * each repeat of the whole curve is done before the next one starts.
 */
export function expandRuns(spec: ExperimentSpec): RunSpec[] {
  const runs: RunSpec[] = [];
  for (let repeat = 0; repeat < spec.repeats; repeat++) {
    for (const model of spec.models) {
      for (const devices of spec.devices) {
        runs.push({
          model,
          dataset: spec.dataset,
          training: { ...spec.training, seed: spec.training.seed + repeat },
          devices,
          repeat,
          launcher: spec.launcher,
          backend: spec.backend,
        });
      }
    }
  }
  return runs;
}
