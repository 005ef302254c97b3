import {
  backendChoice,
  datasetCard,
  datasetChoice,
  modelCard,
  modelChoice,
  training,
} from '@litmatter/protocol';
import { z } from 'zod';

/** What the page and its training worker say to each other. Both decode what they get. */

const whole = z.number().int().nonnegative();
const floats = z.instanceof(Float32Array);

/** What is to be trained. */
export const job = z.object({
  model: modelChoice,
  dataset: datasetChoice,
  training,
  backend: backendChoice,
});

/** Where training stood at its last step: `serialiseState` and the steps done of the epoch under way. */
export const position = z.object({ state: z.instanceof(Uint8Array), step: whole, taken: whole });

const pace = z.object({
  /** Steps to take before pausing; null to go on until told otherwise. */
  steps: whole.nullable(),
  /** Steps a second at most; null for as fast as it goes. */
  perSecond: z.number().positive().nullable(),
});

export const command = z.discriminatedUnion('type', [
  z.object({ type: z.literal('describe') }),
  /** Read dropped files as the data set named "dropped". */
  z.object({ type: z.literal('read'), files: z.array(z.instanceof(File)).min(1) }),
  z.object({
    type: z.literal('prepare'),
    job,
    files: z.array(z.instanceof(File)),
    from: position.nullable(),
  }),
  z.object({ type: z.literal('pace'), pace }),
  /** Show a molecule of the validation part: the one at this place, or the n-th worst. */
  z.object({ type: z.literal('look'), by: z.enum(['place', 'worst']), at: whole }),
  z.object({ type: z.literal('saveWeights') }),
  z.object({ type: z.literal('loadWeights'), name: z.string(), bytes: z.instanceof(Uint8Array) }),
]);

const ready = z.object({
  type: z.literal('ready'),
  backend: z.string(),
  device: z.string(),
  fallbacks: z.array(z.object({ name: z.string(), reason: z.string() })),
  parameters: whole,
  train: whole,
  validation: whole,
  stepsPerEpoch: whole,
  batch: whole,
  target: z.object({ name: z.string(), title: z.string(), unit: z.string(), std: z.number() }),
});

const progress = z.object({
  type: z.literal('progress'),
  /** Steps taken since the start, and the epoch the last belongs to. */
  taken: whole,
  epoch: whole,
  step: whole,
  /** Steps since the last message: epochs as a fraction, and loss. */
  at: floats,
  loss: floats,
  molecules: whole,
  /** Seconds of computing in those steps, pauses and scores left out. */
  seconds: z.number(),
  memory: z.number(),
  launches: whole.nullable(),
  learningRate: z.number(),
  running: z.boolean(),
});

const score = z.object({
  type: z.literal('score'),
  /** Epochs as a fraction. */
  at: z.number(),
  /** In the target's unit; null where there is no validation part. */
  mae: z.number().nullable(),
  /** The loss of the validation part, in the unit training has. */
  loss: z.number().nullable(),
  truth: floats,
  predicted: floats,
  /** Atoms of each molecule. */
  atoms: z.instanceof(Uint16Array),
});

export const shownMolecule = z.object({
  type: z.literal('molecule'),
  /** Place in the validation part, and how many there are. */
  place: whole,
  of: whole,
  /** 1 is the molecule with the largest error; null before any score. */
  rank: whole.nullable(),
  id: z.string(),
  atomicNumbers: z.array(whole),
  positions: z.array(z.tuple([z.number(), z.number(), z.number()])).nullable(),
  bonds: z.array(z.tuple([whole, whole, whole])),
  truth: z.number(),
  predicted: z.number(),
  /** What each atom adds to the prediction, where the model is a sum over atoms. */
  contributions: z.array(z.number()).nullable(),
});

export const trouble = z.object({
  type: z.literal('trouble'),
  /** `input`: another choice mends it. `device`, `memory`: it can go on from `from`. `diverged`: reset. */
  kind: z.enum(['input', 'device', 'memory', 'diverged', 'fault']),
  message: z.string(),
  fields: z.record(z.string(), z.string()),
  from: position.nullable(),
});

export const report = z.discriminatedUnion('type', [
  z.object({ type: z.literal('cards'), models: z.array(modelCard), datasets: z.array(datasetCard) }),
  z.object({ type: z.literal('read'), card: datasetCard, notes: z.array(z.string()) }),
  z.object({ type: z.literal('doing'), words: z.string() }),
  ready,
  progress,
  score,
  shownMolecule,
  z.object({ type: z.literal('weights'), bytes: z.instanceof(Uint8Array) }),
  z.object({ type: z.literal('loaded'), words: z.string() }),
  trouble,
]);

export type Job = z.infer<typeof job>;
export type Position = z.infer<typeof position>;
export type Pace = z.infer<typeof pace>;
export type Command = z.infer<typeof command>;
export type Report = z.infer<typeof report>;
export type Ready = z.infer<typeof ready>;
export type Progress = z.infer<typeof progress>;
export type Score = z.infer<typeof score>;
export type ShownMolecule = z.infer<typeof shownMolecule>;
export type Trouble = z.infer<typeof trouble>;
