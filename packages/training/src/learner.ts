import type { BatchTensors, Model, ParameterViews } from '@litmatter/models';
import type { TrainingSpec } from '@litmatter/protocol';
import {
  concat1d,
  reshape,
  type Scalar,
  type Tensor,
  type Tensor1D,
  tensor,
  tensor1d,
  tidy,
  valueAndGrads,
} from '@tensorflow/tfjs-core';
import type { CountedBatch } from './data.ts';
import { lossSum } from './loss.ts';
import type { Normalisation } from './normalise.ts';

/** A batch on the backend, with what the loss needs of it. */
export interface ReadyBatch {
  /** The first `counted` molecules weigh 1 in the loss, the others nothing. */
  readonly counted: number;
  readonly uploaded: BatchTensors;
  dispose(): void;
}

/** A gradient being computed: on a GPU the work goes on while the caller does something else. */
export interface PendingGradient {
  /** Wait for it: [P] gradient of the loss sum, then the loss sum itself, written to the start of `into`. */
  read(into: Float32Array): Promise<void>;
}

/**
 * A model with its parameters on the current backend. Between calls it keeps the parameters' tensors there and
 * nothing else.
 */
export class Learner {
  readonly #model: Model;
  readonly #loss: TrainingSpec['loss'];
  readonly #normalisation: Normalisation;
  #views: ParameterViews = {};

  constructor(model: Model, loss: TrainingSpec['loss'], normalisation: Normalisation) {
    this.#model = model;
    this.#loss = loss;
    this.#normalisation = normalisation;
  }

  /** Put the flat vector [P] onto the backend, as one tensor a parameter. The vector may be changed afterwards. */
  setParameters(parameters: Float32Array): void {
    this.dispose();
    this.#views = Object.fromEntries(
      this.#model.layout.entries.map(({ name, shape, offset, size }) => [
        name,
        tensor(parameters.slice(offset, offset + size), [...shape], 'float32'),
      ]),
    );
  }

  /** Put a batch onto the backend. The caller disposes of it. */
  ready({ batch, counted }: CountedBatch): ReadyBatch {
    const uploaded = this.#model.upload(batch);
    return { counted, uploaded, dispose: () => uploaded.dispose() };
  }

  /** Start computing the gradient of a batch's loss sum. */
  gradient({ uploaded, counted }: ReadyBatch): PendingGradient {
    const { mean, std } = this.#normalisation;
    const { y } = uploaded.host;
    const names = this.#model.layout.entries.map((entry) => entry.name);
    const result = tidy(() => {
      const targets = tensor1d(y.map((value) => (value - mean) / std));
      const weights = tensor1d(y.map((_, i) => (i < counted ? 1 : 0)));
      const loss = (...values: Tensor[]): Scalar => {
        const views = Object.fromEntries(names.map((name, i) => [name, values[i]]));
        const predictions = this.#model.forward(views, uploaded, { training: true });
        return lossSum(this.#loss, predictions, targets, weights);
      };
      const { value, grads } = valueAndGrads(loss)(names.map((name) => this.#views[name]));
      return concat1d([...grads, value].map((t) => reshape(t, [t.size])));
    });
    return {
      read: async (into) => {
        into.set(await result.data<'float32'>());
        result.dispose();
      },
    };
  }

  /** What the model says of a batch, in the unit it is trained in: [M] */
  async predict({ uploaded }: ReadyBatch): Promise<Float32Array> {
    const result: Tensor1D = tidy(() => this.#model.forward(this.#views, uploaded, { training: false }));
    const predictions = await result.data<'float32'>();
    result.dispose();
    return predictions;
  }

  dispose(): void {
    for (const view of Object.values(this.#views)) view.dispose();
    this.#views = {};
  }
}
