import type {
  BufferEntry,
  DataStatistics,
  FlatEntry,
  FlatLayout,
  Initialiser,
  Model,
  ParameterEntry,
  ParameterLayout,
} from '../model.ts';
import { fanInUniform, uniform } from './initialisers.ts';
import { namedStream } from './random.ts';

/** Lays named tensors one behind the other. */
class FlatBuilder<E extends FlatEntry> {
  readonly #entries: E[] = [];
  readonly #names = new Set<string>();
  #size = 0;

  protected put(name: string, shape: readonly number[], rest: Omit<E, keyof FlatEntry>): this {
    if (this.#names.has(name)) throw new Error(`There are two parameters named "${name}".`);
    const size = shape.reduce((product, width) => product * width, 1);
    if (!Number.isInteger(size) || size < 1) throw new Error(`Parameter "${name}" has the shape [${shape}].`);
    this.#names.add(name);
    this.#entries.push({ name, shape, offset: this.#size, size, ...rest } as E);
    this.#size += size;
    return this;
  }

  build(): FlatLayout<E> {
    return { entries: this.#entries, size: this.#size };
  }
}

/** Lays a model's buffers into one flat vector, with PyTorch's names, shapes and order. */
export class BufferBuilder extends FlatBuilder<BufferEntry> {
  add(name: string, shape: readonly number[], start: BufferEntry['start']): this {
    return this.put(name, shape, { start });
  }

  /** One that counts: whole numbers in PyTorch. */
  counter(name: string): this {
    return this.put(name, [], { start: () => {}, whole: true });
  }
}

/** What a model's buffers [S] start as; an empty vector where it has none. */
export function startBuffers({ buffers }: Pick<Model, 'buffers'>, data: DataStatistics): Float32Array {
  const flat = new Float32Array(buffers?.size ?? 0);
  for (const entry of buffers?.entries ?? []) entry.start(parameterValues(flat, entry), data);
  return flat;
}

/**
 * Lays parameters into one flat vector in the order they are added. Names, shapes and order are PyTorch's, so that the
 * vector and a state_dict hold the same.
 */
export class LayoutBuilder extends FlatBuilder<ParameterEntry> {
  add(name: string, shape: readonly number[], initialise: Initialiser): this {
    return this.put(name, shape, { initialise });
  }

  /** A Linear: `name.weight` [out, in] and, where a bias is given, `name.bias` [out]. */
  linear(name: string, fanIn: number, fanOut: number, weight: Initialiser, bias?: Initialiser): this {
    this.add(`${name}.weight`, [fanOut, fanIn], weight);
    return bias ? this.add(`${name}.bias`, [fanOut], bias) : this;
  }

  /** A Linear that starts as torch's does: weight and bias U(-b, b), b = 1 / sqrt(in). */
  torchLinear(name: string, fanIn: number, fanOut: number): this {
    return this.linear(name, fanIn, fanOut, fanInUniform, uniform(1 / Math.sqrt(fanIn)));
  }
}

/** The flat vector a run with this seed starts from. The same seed gives each parameter the same numbers in any model. */
export function initialiseParameters(layout: ParameterLayout, seed: number): Float32Array {
  const flat = new Float32Array(layout.size);
  for (const entry of layout.entries) {
    entry.initialise(parameterValues(flat, entry), entry.shape, namedStream(entry.name, seed));
  }
  return flat;
}

/** One parameter's part of a flat vector: a view, not a copy. */
export function parameterValues(flat: Float32Array, { offset, size }: FlatEntry): Float32Array {
  return flat.subarray(offset, offset + size);
}

/** A flat vector by parameter name: views, not copies. */
export function namedValues(layout: FlatLayout, flat: Float32Array): Record<string, Float32Array> {
  checkSize(layout, flat.length);
  return Object.fromEntries(layout.entries.map((entry) => [entry.name, parameterValues(flat, entry)]));
}

export function checkSize(layout: FlatLayout, length: number): void {
  if (length !== layout.size) {
    throw new Error(`The model has ${layout.size} parameters, the vector ${length}.`);
  }
}
