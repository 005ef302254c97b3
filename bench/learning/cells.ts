import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** What is trained, alike on both sides: the preset `small` of each model, on 20,000 molecules of QM9. */
export const models = ['nnconv', 'schnet'] as const;
export const seeds = [1, 2, 3] as const;
export const sides = ['ours', 'pyg'] as const;
/** Epochs of 500 steps each. */
const epochs = { nnconv: 1, schnet: 3 } as const;

export const molecules = 20_000;
export const split = { train: 0.8, validation: 0.1, test: 0.1, seed: 42 };
/** Dipole moment in debye: the target of the paper. */
export const target = 'mu';
/** The loss is the mean squared error of (y - mean) / std; the learning rate falls in a line to 0 at the last step. */
const recipe = { batch: 32, learningRate: 1e-3 };
/** Losses kept of the first steps: where both sides still compute the same but for rounding. */
export const firstSteps = 10;

/** One training: what both sides are told. */
export const cell = z.object({
  model: z.enum(models),
  seed: z.number(),
  epochs: z.number(),
  batch: z.number(),
  learningRate: z.number(),
});

export type Cell = z.infer<typeof cell>;

/** A cell as a side is started with: where its input stands and where its result goes. */
export const job = cell.extend({
  /** Molecules as JSON lines, those of training before those of validation. */
  molecules: z.string(),
  train: z.number(),
  validation: z.number(),
  mean: z.number(),
  std: z.number(),
  /** Uint32 [epochs, train]: the order in which each epoch sees the training molecules. */
  order: z.string(),
  /** The weights that training starts from, as a state_dict. */
  weights: z.string(),
  /** Our options of the model; PyG's arguments are these in snake_case. */
  options: z.record(z.string(), z.unknown()),
  out: z.string(),
});

export type Job = z.infer<typeof job>;

export const result = z.object({
  cell,
  side: z.enum(sides),
  /** Program and backend. */
  made: z.string(),
  /** In the target's unit, after each epoch. */
  validationMae: z.array(z.number()),
  /** Mean loss of each of the first steps. */
  losses: z.array(z.number()),
  /** Wall time of all of it, on a machine that did other things meanwhile. */
  seconds: z.number(),
});

export type Result = z.infer<typeof result>;

export const cells: readonly Cell[] = seeds.flatMap((seed) =>
  models.map((model) => ({ model, seed, epochs: epochs[model], ...recipe })),
);

/** The kept result of a cell; undefined where there is none, or one of other settings. */
export function kept(path: string, wanted: Cell): Result | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  const found = result.parse(JSON.parse(text));
  return JSON.stringify(found.cell) === JSON.stringify(cell.parse(wanted)) ? found : undefined;
}
