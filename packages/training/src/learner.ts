import { type BatchTensors, type Model, views } from '@litmatter/models';
import type { TrainingSpec } from '@litmatter/protocol';
import {
  concat1d,
  reshape,
  type Scalar,
  type Tensor,
  type Tensor1D,
  tensor1d,
  tidy,
  valueAndGrad,
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
 * A model with its parameters on the current backend. Between calls it keeps the flat vector there and
 * nothing else.
 */
export class Learner {
  readonly #model: Model;
  readonly #loss: TrainingSpec['loss'];
  readonly #normalisation: Normalisation;
  #parameters: Tensor1D | undefined;

  constructor(model: Model, loss: TrainingSpec['loss'], normalisation: Normalisation) {
    this.#model = model;
    this.#loss = loss;
    this.#normalisation = normalisation;
  }

  /** Put the flat vector [P] onto the backend. It may be changed afterwards. */
  setParameters(parameters: Float32Array): void {
    this.dispose();
    // A copy: some backends keep the array they are given.
    this.#parameters = tensor1d(parameters.slice());
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
    const result = tidy(() => {
      const targets = tensor1d(y.map((value) => (value - mean) / std));
      const weights = tensor1d(y.map((_, i) => (i < counted ? 1 : 0)));
      const loss = (flat: Tensor): Scalar => {
        const parameters = views(flat as Tensor1D, this.#model.layout);
        const predictions = this.#model.forward(parameters, uploaded, { training: true });
        return lossSum(this.#loss, predictions, targets, weights);
      };
      const { value, grad } = valueAndGrad(loss)(this.#flat());
      return concat1d([grad as Tensor1D, reshape(value, [1])]);
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
    const result: Tensor1D = tidy(() =>
      this.#model.forward(views(this.#flat(), this.#model.layout), uploaded, { training: false }),
    );
    const predictions = await result.data<'float32'>();
    result.dispose();
    return predictions;
  }

  dispose(): void {
    this.#parameters?.dispose();
    this.#parameters = undefined;
  }

  #flat(): Tensor1D {
    if (!this.#parameters) throw new Error('the learner has no parameters yet: call setParameters');
    return this.#parameters;
  }
}
