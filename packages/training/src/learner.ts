import {
  type AdamRates,
  type AdamVectors,
  adamVectors,
  type BatchTensors,
  type ForwardMode,
  type Model,
  orderOfUse,
  type ParameterViews,
  views,
  type Weights,
} from '@litmatter/models';
import type { TrainingSpec } from '@litmatter/protocol';
import {
  concat1d,
  keep,
  reshape,
  type Scalar,
  type Tensor,
  type Tensor1D,
  tensor1d,
  tidy,
  valueAndGrad,
} from '@tensorflow/tfjs-core';
import type { AdamState } from './adam.ts';
import { type Ahead, gradientAhead } from './ahead.ts';
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
  /**
   * Wait for it: the loss sum, then the [S] buffers as they are after this batch, then the [P] gradient of the loss sum,
   * or what has not been taken ahead of it; written to the start of `into`.
   */
  read(into: Float32Array): Promise<void>;
}

/**
 * A model with its weights on the current backend. Between calls it keeps the flat vectors of parameters and buffers
 * there, Adam's moments where they were given, and nothing else.
 */
export class Learner {
  readonly #model: Model;
  readonly #loss: TrainingSpec['loss'];
  readonly #normalisation: Normalisation;
  #parameters: Tensor1D | undefined;
  #buffers: Tensor1D | undefined;
  #moments: Pick<AdamVectors, 'firstMoment' | 'secondMoment'> | undefined;

  constructor(model: Model, loss: TrainingSpec['loss'], normalisation: Normalisation) {
    this.#model = model;
    this.#loss = loss;
    this.#normalisation = normalisation;
  }

  /** Put the flat vectors [P] and [S] onto the backend. They may be changed afterwards. */
  setWeights({ parameters, buffers }: Weights): void {
    this.dispose();
    // Copies: some backends keep the array they are given.
    this.#parameters = tensor1d(parameters.slice());
    if (buffers.length > 0) this.#buffers = tensor1d(buffers.slice());
  }

  /** Put Adam's moments [P] beside the weights: steps can then be taken there. `setWeights` forgets them. */
  setMoments({ firstMoment, secondMoment }: AdamState): void {
    this.#moments = {
      firstMoment: tensor1d(firstMoment.slice()),
      secondMoment: tensor1d(secondMoment.slice()),
    };
  }

  /** Put a batch onto the backend. The caller disposes of it. */
  ready({ batch, counted }: CountedBatch): ReadyBatch {
    const uploaded = this.#model.upload(batch);
    return { counted, uploaded, dispose: () => uploaded.dispose() };
  }

  /**
   * Start computing the gradient of a batch's loss sum.
   *
   * @param options.adam - where given, the weights there take this step by it at once, and the buffers are those after
   *   the batch
   * @param options.ahead - takes parts of the gradient as they become whole. Not on a backend that can be read only later
   */
  gradient(
    { uploaded, counted }: ReadyBatch,
    { adam, ahead }: { readonly adam?: AdamRates | undefined; readonly ahead?: Ahead | undefined } = {},
  ): PendingGradient {
    const { mean, std } = this.#normalisation;
    const { y } = uploaded.host;
    const updates = new Map<string, Tensor>();
    const result = tidy(() => {
      const mode: ForwardMode = {
        ...this.#mode(true),
        // Kept beyond the forward pass, which disposes of all but the loss.
        update: (name, value) => updates.set(name, keep(value)),
      };
      const targets = tensor1d(y.map((value) => (value - mean) / std));
      const weights = tensor1d(y.map((_, i) => (i < counted ? 1 : 0)));
      const loss = (parameters: ParameterViews): Scalar => {
        const predictions = this.#model.forward(parameters, uploaded, mode);
        return lossSum(this.#loss, predictions, targets, weights);
      };
      const { value, rest } = ahead
        ? gradientAhead(this.#flat(), this.#model.layout, loss, ahead)
        : this.#wholeGradient(loss);
      const next = this.#updated(updates);
      if (adam) this.#step(rest[0], next, adam);
      return concat1d([reshape(value, [1]), ...next, ...rest]);
    });
    for (const value of updates.values()) value.dispose();
    return {
      read: async (into) => {
        into.set(await result.data<'float32'>());
        result.dispose();
      },
    };
  }

  #wholeGradient(loss: (parameters: ParameterViews) => Scalar): { value: Scalar; rest: Tensor1D[] } {
    const { layout } = this.#model;
    const { value, grad } = valueAndGrad((flat: Tensor) => loss(views(flat as Tensor1D, layout)))(
      this.#flat(),
    );
    return { value, rest: [grad as Tensor1D] };
  }

  /** Places of the parameters in the layout, in the order in which the model takes them up. */
  orderOfUse({ uploaded }: ReadyBatch): number[] {
    return tidy(() =>
      orderOfUse(this.#flat(), this.#model.layout, (parameters) =>
        this.#model.forward(parameters, uploaded, this.#mode(true)),
      ),
    );
  }

  /** One step of Adam on the backend. */
  #step(gradient: Tensor1D, buffers: readonly Tensor1D[], rates: AdamRates): void {
    if (!this.#moments) throw new Error('the learner has no moments yet: call setMoments');
    const after = adamVectors({ parameters: this.#flat(), ...this.#moments }, gradient, rates);
    const { parameters, firstMoment, secondMoment } = after;
    const nextBuffers = this.#buffers && concat1d([...buffers]);
    this.dispose();
    this.#parameters = keep(parameters);
    this.#moments = { firstMoment: keep(firstMoment), secondMoment: keep(secondMoment) };
    this.#buffers = nextBuffers && keep(nextBuffers);
  }

  /** What the model says of a batch, in the unit it is trained in: [M] */
  async predict({ uploaded }: ReadyBatch): Promise<Float32Array> {
    const result: Tensor1D = tidy(() =>
      this.#model.forward(views(this.#flat(), this.#model.layout), uploaded, this.#mode(false)),
    );
    const predictions = await result.data<'float32'>();
    result.dispose();
    return predictions;
  }

  dispose(): void {
    this.#parameters?.dispose();
    this.#buffers?.dispose();
    this.#moments?.firstMoment.dispose();
    this.#moments?.secondMoment.dispose();
    this.#parameters = undefined;
    this.#buffers = undefined;
    this.#moments = undefined;
  }

  #mode(training: boolean): ForwardMode {
    const { buffers } = this.#model;
    if (!buffers || !this.#buffers) return { training };
    return { training, buffers: views(this.#buffers, buffers) };
  }

  /** The buffers [S] in their order, those that the forward pass has told of with their new values. */
  #updated(updates: ReadonlyMap<string, Tensor>): Tensor1D[] {
    const { buffers } = this.#model;
    if (!buffers || !this.#buffers) return [];
    const before = views(this.#buffers, buffers);
    return buffers.entries.map(({ name, size }) => reshape(updates.get(name) ?? before[name], [size]));
  }

  #flat(): Tensor1D {
    if (!this.#parameters) throw new Error('the learner has no parameters yet: call setWeights');
    return this.#parameters;
  }
}
