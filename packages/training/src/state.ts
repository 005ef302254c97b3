import { decode, InputError } from '@litmatter/protocol';
import { z } from 'zod';
import type { AdamState } from './adam.ts';
import type { Normalisation } from './normalise.ts';
import type { ScheduleState } from './schedule.ts';

/**
 * Training at the end of an epoch: with it, the same spec and the same data, it goes on as though it had never
 * stopped. The sampler needs no state of its own: its order is a function of (seed, epoch).
 */
export interface TrainingState {
  /** Epochs done. */
  readonly epoch: number;
  /** [P] the flat vector. */
  readonly parameters: Float32Array;
  /** [S] what the model holds beside its parameters; empty where it has nothing. */
  readonly buffers: Float32Array;
  readonly adam: AdamState;
  readonly schedule: ScheduleState;
  readonly normalisation: Normalisation;
  /** The epoch with the smallest validation MAE; null before the first, and where there is no validation split. */
  readonly best: BestEpoch | null;
}

/** The weights worth keeping: those that err least on molecules they were not trained on. */
export interface BestEpoch {
  readonly epoch: number;
  /** In the target's own unit. */
  readonly validationMae: number;
  /** [P] and [S], copies that later steps do not change. */
  readonly parameters: Float32Array;
  readonly buffers: Float32Array;
}

/** A copy that later steps do not change. */
export function copyState(state: TrainingState): TrainingState {
  const { parameters, buffers, adam } = state;
  return {
    ...state,
    parameters: parameters.slice(),
    buffers: buffers.slice(),
    adam: { ...adam, firstMoment: adam.firstMoment.slice(), secondMoment: adam.secondMoment.slice() },
    schedule: { ...state.schedule },
  };
}

const magic = 'litmatter state 1\n';
const whole = z.number().int().nonnegative();

/** Numbers travel as JSON writes them, which gives back the same double; only Infinity has no such form. */
const header = z.strictObject({
  size: whole.max(2 ** 28),
  /** S; states of models without buffers were once saved without it. */
  buffers: whole.max(2 ** 28).default(0),
  epoch: whole,
  adamStep: whole,
  schedule: z.strictObject({
    learningRate: z.number().nonnegative(),
    best: z.number().nullable(),
    badEpochs: whole,
  }),
  normalisation: z.strictObject({ mean: z.number(), std: z.number().positive() }),
  best: z.strictObject({ epoch: whole, validationMae: z.number() }).nullable(),
});

/** The state as bytes: a line of magic, a line of JSON, three or four vectors of little-endian float32, one or two of
 * buffers. Exact. */
export function serialiseState(state: TrainingState): Uint8Array<ArrayBuffer> {
  const { parameters, buffers, adam, schedule, best } = state;
  const lowest = Number.isFinite(schedule.best) ? schedule.best : null;
  const head: z.input<typeof header> = {
    size: parameters.length,
    buffers: buffers.length,
    epoch: state.epoch,
    adamStep: adam.step,
    schedule: { ...schedule, best: lowest },
    normalisation: { ...state.normalisation },
    best: best && { epoch: best.epoch, validationMae: best.validationMae },
  };
  const text = new TextEncoder().encode(`${magic}${JSON.stringify(head)}\n`);
  const vectors = [
    parameters,
    adam.firstMoment,
    adam.secondMoment,
    ...(best ? [best.parameters] : []),
    buffers,
  ];
  if (best) vectors.push(best.buffers);
  const length = vectors.reduce((sum, vector) => sum + vector.byteLength, text.length);
  const bytes = new Uint8Array(length);
  bytes.set(text);
  let at = text.length;
  for (const vector of vectors) {
    bytes.set(new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength), at);
    at += vector.byteLength;
  }
  return bytes;
}

/**
 * The state that `serialiseState` wrote.
 *
 * @param what - how the bytes are called in the sentence: a file's name
 * @throws InputError where they are not a whole state
 */
export function deserialiseState(bytes: Uint8Array, what: string): TrainingState {
  const start = new TextDecoder().decode(bytes.subarray(0, magic.length));
  if (start !== magic) throw new InputError(`${what} is not a saved training state.`);
  const end = bytes.indexOf(10, magic.length);
  if (end < 0) throw new InputError(`${what} is cut short: its header does not end.`);
  const head = decode(header, parse(bytes.subarray(magic.length, end), what), what);
  const expected = end + 1 + 4 * ((head.best ? 4 : 3) * head.size + (head.best ? 2 : 1) * head.buffers);
  if (bytes.length !== expected) {
    throw new InputError(`${what} has ${bytes.length} bytes, but its header promises ${expected}.`);
  }
  // A copy (which Node's Buffer.slice is not): the vectors must start at a multiple of four.
  const vectors = new Float32Array(new Uint8Array(bytes.subarray(end + 1)).buffer);
  let at = 0;
  const vector = (length: number) => {
    at += length;
    return vectors.slice(at - length, at);
  };
  // In the order they were written.
  const [parameters, firstMoment, secondMoment] = [vector(head.size), vector(head.size), vector(head.size)];
  const bestParameters = head.best && vector(head.size);
  const buffers = vector(head.buffers);
  return {
    epoch: head.epoch,
    parameters,
    buffers,
    adam: { firstMoment, secondMoment, step: head.adamStep },
    schedule: { ...head.schedule, best: head.schedule.best ?? Number.POSITIVE_INFINITY },
    normalisation: head.normalisation,
    best: head.best &&
      bestParameters && { ...head.best, parameters: bestParameters, buffers: vector(head.buffers) },
  };
}

function parse(bytes: Uint8Array, what: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new InputError(`${what} has a header that cannot be read.`);
  }
}
