import type { BatchTensors, Model, ParameterViews } from '@litmatter/models';
import type { Batch } from '@litmatter/molecules';
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
import { lossSum } from './loss.ts';
import type { Normalisation } from './normalise.ts';

/** A gradient being computed: on a GPU the work goes on while the caller does something else. */
export interface PendingGradient {
  /** Wait for it: [P] gradient of the loss sum, then the loss sum itself, written to the start of `into`. */
  read(into: Float32Array): Promise<void>;
}

/**
 * A model with its parameters on the current backend. Everything it puts there it takes away again: between calls
 * there are the parameters' tensors and nothing else.
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

  /**
   * Start computing the gradient of the batch's loss sum.
   *
   * @param counted - the first `counted` molecules weigh 1, the others 0
   */
  gradient(batch: Batch, counted: number): PendingGradient {
    const { mean, std } = this.#normalisation;
    const names = this.#model.layout.entries.map((entry) => entry.name);
    const uploaded = this.#model.upload(batch);
    const result = tidy(() => {
      const targets = tensor1d(Float32Array.from(batch.y, (y) => (y - mean) / std));
      const weights = tensor1d(Float32Array.from(batch.y, (_, i) => (i < counted ? 1 : 0)));
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
        into.set((await result.data<'float32'>()) satisfies Float32Array);
        result.dispose();
        uploaded.dispose();
      },
    };
  }

  /** What the model says of a batch, in the unit it is trained in: [M] */
  async predict(batch: Batch): Promise<Float32Array> {
    const uploaded: BatchTensors = this.#model.upload(batch);
    const result: Tensor1D = tidy(() => this.#model.forward(this.#views, uploaded, { training: false }));
    const predictions = await result.data<'float32'>();
    result.dispose();
    uploaded.dispose();
    return predictions;
  }

  dispose(): void {
    for (const view of Object.values(this.#views)) view.dispose();
    this.#views = {};
  }
}
