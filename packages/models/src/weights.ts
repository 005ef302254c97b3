/**
 * A model's parameters as a safetensors file with the names, shapes and memory order of PyTorch's state_dict: what
 * `model.load_state_dict(safetensors.torch.load_file(path))` takes, and what such a model saves.
 */
import { datasetChoice, decode, InputError, modelChoice } from '@litmatter/protocol';
import { z } from 'zod';
import type { FlatEntry, Model, Weights } from './model.ts';
import { checkSize, parameterValues } from './parameters/layout.ts';
import {
  decodeSafetensors,
  encodeSafetensors,
  type NewTensor,
  type StoredTensor,
  type TensorFile,
  tensorValues,
} from './safetensors.ts';

/** What a weight file of ours says of itself, as JSON under the metadata's key "litmatter". */
export const weightCard = z.object({
  /** Of the program that wrote it. */
  version: z.string(),
  model: modelChoice,
  /** What the model predicts: (y - mean) / std of this target, whose mean and std are in its unit. */
  target: z.object({
    name: z.string(),
    unit: z.string(),
    mean: z.number(),
    std: z.number().positive(),
  }),
  dataset: datasetChoice,
  run: z.string().optional(),
  attempt: z.number().int().optional(),
  epoch: z.number().int().nonnegative(),
  /** Of that epoch, in the target's unit; null where it is not known. */
  validationMae: z.number().nullable(),
});

export type WeightCard = z.infer<typeof weightCard>;

const cardKey = 'litmatter';

/** A weight file, read but not yet held against a model. */
export interface WeightFile {
  /** How it is called in sentences. */
  readonly what: string;
  /** Null where the file was not written by LitMatter. */
  readonly card: WeightCard | null;
  readonly file: TensorFile;
}

/** A model's parameters and buffers as a file. */
export function encodeWeights(
  model: Model,
  { parameters, buffers }: Weights,
  card: WeightCard,
): Uint8Array<ArrayBuffer> {
  const { layout, stateDict } = model;
  checkSize(layout, parameters.length);
  const tensors = new Map<string, NewTensor>(
    layout.entries.map((entry) => [
      entry.name,
      { name: entry.name, shape: entry.shape, values: parameterValues(parameters, entry) },
    ]),
  );
  const aliases = Object.entries(stateDict?.aliases ?? {}).map(([name, of]) => {
    const tensor = tensors.get(of);
    if (!tensor) throw new Error(`"${name}" is said to stand for the parameter "${of}", which there is not.`);
    return { ...tensor, name };
  });
  const kept = (model.buffers?.entries ?? []).map((entry): NewTensor => {
    const values = parameterValues(buffers, entry);
    const { name, shape, whole } = entry;
    return { name, shape, values: whole ? BigInt64Array.from(values, (v) => BigInt(Math.round(v))) : values };
  });
  return encodeSafetensors([...tensors.values(), ...aliases, ...kept, ...(stateDict?.constants ?? [])], {
    // Which library's conventions the names follow: readers of such files ask for it.
    format: 'pt',
    [cardKey]: JSON.stringify(card),
  });
}

/**
 * Read a weight file: one of ours, or one saved from PyTorch.
 *
 * @param what - how it is called in sentences: its path
 * @throws InputError where it is no whole safetensors file, or what it says of itself is damaged
 */
export function readWeights(bytes: Uint8Array, what: string): WeightFile {
  const file = decodeSafetensors(bytes, what);
  const text = file.metadata.get(cardKey);
  if (text === undefined) return { what, card: null, file };
  const where = `${what}, metadata "${cardKey}"`;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new InputError(`${where} is not JSON. The file is damaged: write it again.`);
  }
  return { what, card: decode(weightCard, value, where), file };
}

/**
 * The parameters [P] and buffers [S] of a model from a weight file.
 *
 * @throws InputError naming file and tensor where one is missing, is not the model's, has another shape, or holds
 * what is not a finite number
 */
export function weightsFrom(weights: WeightFile, model: Model): Weights {
  const { layout, stateDict } = model;
  const parameters = new Float32Array(layout.size);
  const buffers = new Float32Array(model.buffers?.size ?? 0);
  const stored = new Map(weights.file.tensors);
  const missing: string[] = [];
  const take = (name: string, shape: readonly number[]): Float32Array | undefined => {
    const tensor = stored.get(name);
    stored.delete(name);
    return tensor && float32Of(weights, tensor, shape);
  };
  const fill = (flat: Float32Array, entry: FlatEntry, aliases: readonly string[] = []) => {
    const found = [entry.name, ...aliases]
      .map((name) => ({ name, values: take(name, entry.shape) }))
      .filter(({ values }) => values !== undefined);
    if (found.length === 0) missing.push(entry.name);
    for (const { name, values } of found) {
      if (!equal(values!, found[0].values!)) throw differing(weights, name, found[0].name);
      parameterValues(flat, entry).set(values!);
    }
  };

  const aliasesOf = Map.groupBy(Object.keys(stateDict?.aliases ?? {}), (name) => stateDict!.aliases[name]);
  for (const entry of layout.entries) fill(parameters, entry, aliasesOf.get(entry.name));
  for (const entry of model.buffers?.entries ?? []) fill(buffers, entry);
  for (const { name, shape, values, telling } of stateDict?.constants ?? []) {
    const own = take(name, shape);
    if (own && telling && !close(own, values)) throw otherOptions(weights, name);
  }
  checkAllUsed(weights, missing, [...stored.keys()]);
  return { parameters, buffers };
}

/** @throws InputError where the model lacks tensors of the file, or the file of the model */
function checkAllUsed({ what }: WeightFile, missing: readonly string[], strays: readonly string[]): void {
  const stray = strays[0]?.slice(0, 100);
  if (missing.length > 0) {
    const more = missing.length > 1 ? ` (and ${missing.length - 1} more)` : '';
    const instead = stray === undefined ? '' : ` It has "${stray}", which the model has not.`;
    throw new InputError(`${what} has no tensor "${missing[0]}"${more}. ${another}${instead}`);
  }
  if (stray !== undefined) {
    throw new InputError(`${what}, tensor "${stray}": the model has none of that name. ${another}`);
  }
}

const another =
  'It was saved from another model, or from the same with other options: choose those it was saved from.';

function differing({ what }: WeightFile, name: string, other: string): InputError {
  return new InputError(
    `${what}, tensor "${name}" must be the same as "${other}", and it is not. Save the weights again from one model.`,
  );
}

function otherOptions({ what }: WeightFile, name: string): InputError {
  return new InputError(`${what}, tensor "${name}" is not what the model's options make it. ${another}`);
}

/** A tensor's values in float32, held to a shape. @throws InputError */
function float32Of({ what }: WeightFile, tensor: StoredTensor, shape: readonly number[]): Float32Array {
  const where = `${what}, tensor "${tensor.name}"`;
  if (tensor.shape.length !== shape.length || tensor.shape.some((length, axis) => length !== shape[axis])) {
    throw new InputError(
      `${where} has the shape [${tensor.shape}], and the model's is [${shape}]. ${another}`,
    );
  }
  const values = Float32Array.from(tensorValues(tensor));
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return values;
  const place = shape.length > 0 ? ` at [${placeOf(at, shape)}]` : '';
  throw new InputError(
    `${where} holds ${values[at]}${place}, which is not a finite number: nothing can be predicted with it. ` +
      'Take the weights of an earlier epoch.',
  );
}

/** Indices of the k-th element of a row-major tensor. */
function placeOf(k: number, shape: readonly number[]): number[] {
  const place: number[] = [];
  let rest = k;
  for (const length of shape.toReversed()) {
    place.unshift(rest % length);
    rest = Math.floor(rest / length);
  }
  return place;
}

/** Bit for bit. */
function equal(a: Float32Array, b: Float32Array): boolean {
  return a.every((value, i) => Object.is(value, b[i]));
}

/** But for float32 rounding in how they were made. */
function close(a: Float32Array, b: Float32Array): boolean {
  return a.every((value, i) => Math.abs(value - b[i]) <= 1e-5 * Math.max(1, Math.abs(b[i])));
}
