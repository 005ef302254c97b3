import type { Batch, GraphSpec } from '@litmatter/molecules';
import type { ModelCard, TrainingSpec } from '@litmatter/protocol';
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import type { z } from 'zod';

/** How a parameter starts: a pure function of its shape and a random stream. Written into `values`. */
export type Initialiser = (values: Float32Array, shape: readonly number[], random: () => number) => void;

/** One named tensor inside a flat vector: PyTorch's name, shape and memory order. */
export interface FlatEntry {
  readonly name: string;
  readonly shape: readonly number[];
  /** First element in the flat vector. */
  readonly offset: number;
  readonly size: number;
}

/** The tensors of a flat vector, in order. `size` is the vector's length. */
export interface FlatLayout<E extends FlatEntry = FlatEntry> {
  readonly entries: readonly E[];
  readonly size: number;
}

export interface ParameterEntry extends FlatEntry {
  readonly initialise: Initialiser;
}

/** All parameters of a model: `size` is the parameter count. */
export type ParameterLayout = FlatLayout<ParameterEntry>;

/** Parameters by PyTorch name, as tensors cut from the flat vector. */
export type ParameterViews = Readonly<Record<string, Tensor>>;

/** What a model may know of its data before it starts: of the molecules it will be trained on. */
export interface DataStatistics {
  /** How many of their atoms have 0, 1, 2 ... in-edges. */
  readonly degreeHistogram: readonly number[];
}

/** What a model holds beside its parameters, PyTorch's buffers: no gradient changes it, and it is saved with them. */
export interface BufferEntry extends FlatEntry {
  /** Write what it starts as. */
  readonly start: (values: Float32Array, data: DataStatistics) => void;
  /** Whether PyTorch keeps it in whole numbers (int64). */
  readonly whole?: boolean;
}

export type BufferLayout = FlatLayout<BufferEntry>;

/** All that a trained model is: its parameters [P], and its buffers [S], none where the model has none. */
export interface Weights {
  readonly parameters: Float32Array;
  readonly buffers: Float32Array;
}

/** A batch whose arrays live on the backend. `host` keeps the counts and the typed arrays. */
export interface BatchTensors {
  readonly host: Batch;
  readonly tensors: Readonly<Record<string, Tensor>>;
  dispose(): void;
}

/** A tensor that follows from a model's options and stands in PyTorch's state_dict all the same. */
export interface StateDictConstant {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
  /** Whether weights with other values belong to other options, and are refused. */
  readonly telling: boolean;
}

/** What PyTorch's state_dict of a model holds beside its parameters under their own names. */
export interface StateDict {
  /** Further names of parameters, each with the parameter it stands for. */
  readonly aliases: Readonly<Record<string, string>>;
  readonly constants: readonly StateDictConstant[];
}

export interface ForwardMode {
  readonly training: boolean;
  /** The model's buffers by PyTorch name; needed where it has any. */
  readonly buffers?: ParameterViews;
  /** Called while training with the value that a buffer has from the next step on. */
  readonly update?: (name: string, value: Tensor) => void;
}

/** A built model: a layout and a pure function of (parameters, buffers, batch). */
export interface Model {
  readonly layout: ParameterLayout;
  /** Left out where the model has no buffers. */
  readonly buffers?: BufferLayout;
  /** Left out where PyTorch's state_dict holds the parameters and nothing else. */
  readonly stateDict?: StateDict;
  /** Put what this model needs of a batch onto the current backend (once per batch, reused by forward and gradient). */
  upload(batch: Batch): BatchTensors;
  /** Predictions, one a molecule: [M]. Differentiable in the parameters. */
  forward(parameters: ParameterViews, batch: BatchTensors, mode: ForwardMode): Tensor1D;
}

export interface Preset<O> {
  readonly description: string;
  readonly options: O;
  /** The recipe this preset is trained with, where it differs from the defaults. */
  readonly training: Partial<TrainingSpec>;
}

/** A model as it is injected: built-in models and a user's come in by the same door. */
export interface ModelDefinition<S extends z.ZodType = z.ZodType> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** Authors, title, year, identifier of the paper. */
  readonly reference: string;
  /** camelCase forms of PyG's argument names, each with `.describe()`: the dashboard draws its form from this. */
  readonly options: S;
  readonly presets: Readonly<Record<string, Preset<z.infer<S>>>>;
  graph(options: z.infer<S>): GraphSpec;
  /** Atomic numbers of the elements it knows; left out: all, or it knows atoms by something else. */
  readonly elements?: readonly number[];
  build(options: z.infer<S>): Model;
}

export type { ModelCard };
