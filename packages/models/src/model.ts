import type { Batch, GraphSpec } from '@litmatter/molecules';
import type { ModelCard, TrainingSpec } from '@litmatter/protocol';
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import type { z } from 'zod';

/** How a parameter starts: a pure function of its shape and a random stream. Written into `values`. */
export type Initialiser = (values: Float32Array, shape: readonly number[], random: () => number) => void;

/** One named parameter inside the flat vector: PyTorch's name, shape and memory order. */
export interface ParameterEntry {
  readonly name: string;
  readonly shape: readonly number[];
  /** First element in the flat vector. */
  readonly offset: number;
  readonly size: number;
  readonly initialise: Initialiser;
}

/** All parameters of a model, in order. `size` is the flat vector's length: the parameter count. */
export interface ParameterLayout {
  readonly entries: readonly ParameterEntry[];
  readonly size: number;
}

/** Parameters by PyTorch name, as tensors cut from the flat vector. */
export type ParameterViews = Readonly<Record<string, Tensor>>;

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
}

/** A built model: a layout and a pure function of (parameters, batch). */
export interface Model {
  readonly layout: ParameterLayout;
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
  build(options: z.infer<S>): Model;
}

export type { ModelCard };
