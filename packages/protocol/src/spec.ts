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

/** Variants of one model in one experiment, at most: all values of one option with all of the next. */
export const maxVariants = 64;

/**
 * A model of an experiment. With `grid: { hiddenChannels: [16, 32, 64] }` it stands for one model a value; with several
 * options, for each value of one with each of the others.
 */
export const modelGrid = modelChoice
  .extend({
    grid: z
      .record(
        z.string().min(1).max(64),
        z
          .array(z.unknown())
          .min(1, 'name at least one value')
          .max(maxVariants)
          .refine((values) => new Set(values.map((one) => JSON.stringify(one))).size === values.length, {
            message: 'each value may stand once only',
          }),
      )
      .refine(
        (grid) => Object.values(grid).reduce((product, values) => product * values.length, 1) <= maxVariants,
        {
          message: `these are more than ${maxVariants} variants of one model: make several experiments of them`,
        },
      )
      .optional(),
  })
  .refine(({ grid = {}, options: fixed }) => !Object.keys(grid).some((name) => Object.hasOwn(fixed, name)), {
    message: 'an option stands in options or in grid, not in both',
    path: ['grid'],
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

/** Sizes of a data set, ascending, each once. */
const sizes = z
  .array(count)
  .min(1, 'name at least one size')
  .max(32)
  .transform((list) => [...new Set(list)].sort((a, b) => a - b));

/**
 * Which data, how much of it and what for. `limits` (or a list in the place of `limit`) asks for one run a size: all of
 * them split the largest, so that they are validated and tested on the same molecules, and train on the first part of
 * the same training molecules, so that errors differ by the size alone. A run's own size is `used`.
 */
export const datasetChoice = z
  .strictObject({
    name: registryName,
    target: registryName.optional(),
    /** Molecules at most: these are split. */
    limit: z
      .union([count, sizes], 'must be a whole number of molecules, 1 or more, or a list of them')
      .optional(),
    limits: sizes.optional(),
    /** Of the training molecules only used/limit, the first; validation and test stay those of `limit`. */
    used: count.optional(),
    split: split.prefault({}),
    options: options.default({}),
  })
  .transform(({ limit, limits, used, ...rest }) => {
    const list = Array.isArray(limit) ? limit : limits;
    const largest = typeof limit === 'number' ? limit : list?.at(-1);
    return {
      ...rest,
      ...(largest !== undefined && { limit: largest }),
      ...(list !== undefined && { limits: list }),
      ...(used !== undefined && { used }),
    };
  })
  .refine(({ limit, limits }) => limits === undefined || limits.at(-1) === limit, {
    message: 'must be the largest of limits, or be left out',
    path: ['limit'],
  })
  .refine(({ limit, used }) => used === undefined || (limit !== undefined && used <= limit), {
    message: 'must be at most the limit',
    path: ['used'],
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

/** What a person writes: a grid of models (with variants) x sizes of one data set x device counts x repeats. */
export const experimentSpec = z.strictObject({
  name: z.string().trim().min(1, 'give the experiment a name').max(200),
  models: z.array(modelGrid).min(1, 'choose at least one model').max(16),
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
export type ModelGrid = z.infer<typeof modelGrid>;
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

/** The models that an entry of an experiment stands for: itself, or a variant for each of its grid's combinations. */
export function variantsOf({ grid = {}, ...model }: ModelGrid): ModelChoice[] {
  return Object.entries(grid).reduce<ModelChoice[]>(
    (made, [option, values]) =>
      made.flatMap((one) =>
        values.map((value) => ({ ...one, options: { ...one.options, [option]: value } })),
      ),
    [model],
  );
}

/** The data set at each of the sizes asked for; itself where one is. */
export function sizesOf({ limits, ...dataset }: DatasetChoice): DatasetChoice[] {
  return limits === undefined ? [dataset] : limits.map((used) => ({ ...dataset, used }));
}

/** How many runs `expandRuns` makes, without making them. */
export function countRuns(spec: ExperimentSpec): number {
  const variants = spec.models.reduce(
    (sum, { grid = {} }) => sum + Object.values(grid).reduce((product, values) => product * values.length, 1),
    0,
  );
  return variants * (spec.dataset.limits?.length ?? 1) * spec.devices.length * spec.repeats;
}

/**
 * Expand an experiment into its runs: every model, with its variants, at every size and device count, repeats outermost
 * so that each repeat of the whole curve is done before the next one starts.
 */
export function expandRuns(spec: ExperimentSpec): RunSpec[] {
  const cells = spec.models
    .flatMap(variantsOf)
    .flatMap((model) => sizesOf(spec.dataset).map((dataset) => ({ model, dataset })));
  return Array.from({ length: spec.repeats }, (_, repeat) =>
    cells.flatMap((cell) =>
      spec.devices.map((devices) => ({
        ...cell,
        training: { ...spec.training, seed: spec.training.seed + repeat },
        devices,
        repeat,
        launcher: spec.launcher,
        backend: spec.backend,
      })),
    ),
  ).flat();
}
