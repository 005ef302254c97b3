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

/** Molecules that took long to get (made from SMILES, or fetched from the hub): the page keeps them for the next worker. */
export const kept = z.object({ key: z.string(), packed: z.instanceof(Uint8Array) });

/** The largest batch that a device's buffers hold, and the bytes they hold. */
export const largest = z.object({ batch: whole, bytes: z.number() });

/** What a worker needs beside the job: it may be a new one that knows nothing of the last. */
export const surroundings = z.object({
  /** Files dropped as a data set to train on. */
  files: z.array(z.instanceof(File)),
  kept: kept.nullable(),
  /** Where the hub gives molecules; null without a hub. */
  moleculesAt: z.string().nullable(),
  targetTitle: z.string(),
  /** As found before for the same model and molecules. */
  largest: largest.nullable(),
});

const pace = z.object({
  /** Steps to take before pausing; null to go on until told otherwise. */
  steps: whole.nullable(),
  /** Steps a second at most; null for as fast as it goes. */
  perSecond: z.number().positive().nullable(),
});

export const lookBy = z.enum(['place', 'worst', 'own']);

export const command = z.discriminatedUnion('type', [
  z.object({ type: z.literal('describe') }),
  /** Read dropped files as the data set named "dropped". */
  z.object({ type: z.literal('read'), files: z.array(z.instanceof(File)).min(1) }),
  z.object({
    type: z.literal('prepare'),
    job,
    surroundings,
    from: position.nullable(),
  }),
  z.object({ type: z.literal('preview'), dataset: datasetChoice, files: z.array(z.instanceof(File)) }),
  z.object({ type: z.literal('pace'), pace }),
  /** Show a molecule of the validation part, the one at this place or the n-th worst, or one of those predicted. */
  z.object({ type: z.literal('look'), by: lookBy, at: whole }),
  /** Predict the molecules of files that have nothing to learn. */
  z.object({ type: z.literal('predict'), files: z.array(z.instanceof(File)).min(1) }),
  /** Compare what the model predicts here with what it predicts on the hub. */
  z.object({ type: z.literal('parity'), address: z.string() }),
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
  /** Null where there is no such limit. */
  largest: largest.nullable(),
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

/** A molecule to draw. */
const shape = {
  id: z.string(),
  atomicNumbers: z.array(whole),
  positions: z.array(z.tuple([z.number(), z.number(), z.number()])).nullable(),
  bonds: z.array(z.tuple([whole, whole, whole])),
};

/** The first molecule that a training will show, before it has begun. */
const preview = z.object({ type: z.literal('preview'), ...shape });

export const shownMolecule = z.object({
  type: z.literal('molecule'),
  ...shape,
  /** Of the validation part, or of the molecules predicted. */
  from: z.enum(['validation', 'own']),
  /** Place among those, and how many there are. */
  place: whole,
  of: whole,
  /** 1 is the molecule with the largest error; null before any score. */
  rank: whole.nullable(),
  /** Null where it is not known. */
  truth: z.number().nullable(),
  predicted: z.number(),
  /** What each atom adds to the prediction, where the model is a sum over atoms. */
  contributions: z.array(z.number()).nullable(),
});

const predictions = z.object({
  type: z.literal('predictions'),
  /** The files they are of. */
  title: z.string(),
  ids: z.array(z.string()),
  predicted: floats,
  /** Atoms of each molecule. */
  atoms: z.instanceof(Uint16Array),
  /** Epochs the model had been trained for. */
  epoch: whole,
});

const parity = z.object({
  type: z.literal('parity'),
  molecules: whole,
  /** The largest difference, in the target's unit, and the molecule it is at. */
  largest: z.number(),
  at: z.string(),
  /** The same of the target's standard deviation: what the model itself computes. */
  relative: z.number(),
  here: z.string(),
  there: z.string(),
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
  /** A card without targets is of molecules to predict. */
  z.object({ type: z.literal('read'), card: datasetCard, notes: z.array(z.string()) }),
  z.object({ type: z.literal('doing'), words: z.string(), done: z.number().min(0).max(1).nullable() }),
  z.object({ type: z.literal('kept'), kept, notes: z.array(z.string()) }),
  preview,
  predictions,
  parity,
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
export type Largest = z.infer<typeof largest>;
export type Kept = z.infer<typeof kept>;
export type Surroundings = z.infer<typeof surroundings>;
export type LookBy = z.infer<typeof lookBy>;
export type Preview = z.infer<typeof preview>;
export type Predictions = z.infer<typeof predictions>;
export type Parity = z.infer<typeof parity>;
export type Pace = z.infer<typeof pace>;
export type Command = z.infer<typeof command>;
export type Report = z.infer<typeof report>;
export type Ready = z.infer<typeof ready>;
export type Progress = z.infer<typeof progress>;
export type Score = z.infer<typeof score>;
export type ShownMolecule = z.infer<typeof shownMolecule>;
export type Trouble = z.infer<typeof trouble>;
