import { hasAdamStep, type Model } from '@litmatter/models';
import type { Batch } from '@litmatter/molecules';
import type { TrainingSpec } from '@litmatter/protocol';
import { profile } from '@tensorflow/tfjs-core';
import { adamRates, adamStep } from './adam.ts';
import { checkData, collateShare, type TrainingData } from './data.ts';
import { DivergedError } from './epoch.ts';
import { Learner, type PendingGradient } from './learner.ts';
import { epochShare, stepShare, stepsPerEpoch } from './sampler.ts';
import { scheduleStep } from './schedule.ts';
import { copyState, type TrainingState } from './state.ts';
import { freshState, resumed } from './train.ts';

/** Where training stands between two steps: with it, the same spec and the same data, it goes on as if never stopped. */
export interface StepPosition {
  /** Its `epoch` counts whole epochs. */
  readonly state: TrainingState;
  /** Steps done of the epoch after that. */
  readonly step: number;
}

export interface StepOutcome {
  /** Of the epoch the step belongs to, from 1. */
  readonly epoch: number;
  /** Of that epoch, from 1. */
  readonly step: number;
  /** Mean over the step's molecules. */
  readonly loss: number;
  readonly molecules: number;
  /** No step of the epoch is left: score the validation split and call `endEpoch`. */
  readonly epochDone: boolean;
}

/**
 * Training on one device, a step at a time, for a page where a person starts, pauses and steps. It takes the steps that
 * `train` takes with one rank: bit for bit, but where the backend itself steps (`hasAdamStep`), to its rounding. Parameters
 * and moments are kept on the host in any case, so that a backend which fails in the middle of a step takes nothing with
 * it: `position` is that of the last whole step. A backend that steps does so without waiting for the host, which follows
 * by the gradient it reads, while the next step computes; at the end of an epoch the backend gets the host's again, so
 * that the two never part.
 */
export class StepTrainer {
  readonly stepsPerEpoch: number;
  readonly #data: TrainingData;
  readonly #spec: TrainingSpec;
  readonly #learner: Learner;
  readonly #stepsThere = hasAdamStep();
  #state: TrainingState;
  #step: number;
  /** The host's part of the last step, where it has still to be done. */
  #behind: (() => void) | undefined;
  #order: { readonly epoch: number; readonly share: ReturnType<typeof epochShare> } | undefined;

  /** @throws InputError where the data cannot be trained on, or the position is another model's */
  constructor(model: Model, data: TrainingData, spec: TrainingSpec, resume?: StepPosition) {
    checkData(data);
    this.#data = data;
    this.#spec = spec;
    this.stepsPerEpoch = stepsPerEpoch({
      samples: data.split.train.length,
      ranks: 1,
      batch: spec.batchPerDevice,
    });
    this.#state = resume ? resumed(resume.state, model) : freshState(model, data, spec);
    // A position with more steps is of smaller batches than these.
    this.#step = Math.min(resume?.step ?? 0, this.stepsPerEpoch);
    this.#learner = new Learner(model, spec.loss, this.#state.normalisation);
    this.#upload();
  }

  get state(): TrainingState {
    this.#catchUp();
    return this.#state;
  }

  /** Steps done of the epoch under way. */
  get stepInEpoch(): number {
    return this.#step;
  }

  /** A copy that later steps do not change. */
  position(): StepPosition {
    return { state: copyState(this.state), step: this.#step };
  }

  /**
   * One step of the training split's next batch.
   *
   * @throws DivergedError where the loss is not finite any more; nothing has then changed
   */
  async step(): Promise<StepOutcome> {
    const state = this.#state;
    const epoch = state.epoch + 1;
    const { train } = this.#data.split;
    const { batchPerDevice, seed } = this.#spec;
    if (this.#order?.epoch !== epoch) {
      const shape = { samples: train.length, ranks: 1, batch: batchPerDevice, rank: 0, seed };
      this.#order = { epoch, share: epochShare(shape, epoch) };
    }
    const share = stepShare(this.#order.share, this.#step, batchPerDevice);
    const gradientAt = 1 + state.buffers.length;
    const read = new Float32Array(gradientAt + state.parameters.length);
    const { learningRate } = state.schedule;
    const scale = 1 / share.counted;
    const done = state.adam.step + (this.#behind ? 1 : 0);
    const there = this.#stepsThere ? adamRates(done + 1, learningRate, scale) : undefined;
    const ready = this.#learner.ready(collateShare(this.#data, train, share));
    try {
      const pending = this.#learner.gradient(ready, { adam: there });
      this.#catchUp();
      await pending.read(read);
    } finally {
      ready.dispose();
    }
    const [sum] = read;
    if (!Number.isFinite(sum)) {
      if (there) this.#upload();
      throw new DivergedError(
        `The loss is not a finite number any more at epoch ${epoch}, step ${this.#step + 1}. Lower the learning rate, ` +
          'or look for targets out of range.',
      );
    }
    this.#behind = () => {
      adamStep(state.parameters, read.subarray(gradientAt), state.adam, learningRate, scale);
      state.buffers.set(read.subarray(1, gradientAt));
    };
    if (!there) this.#upload();
    this.#step++;
    return {
      epoch,
      step: this.#step,
      loss: sum / share.counted,
      molecules: share.counted,
      epochDone: this.#step === this.stepsPerEpoch,
    };
  }

  /**
   * After the last step of an epoch: count it, and let the schedule look at it.
   *
   * @param metric - validation MAE in the target's unit, or the epoch's mean loss where there is no validation split
   */
  endEpoch(metric: number): void {
    if (this.#step !== this.stepsPerEpoch) throw new Error(`epoch ended after ${this.#step} steps`);
    this.#catchUp();
    scheduleStep(this.#state.schedule, metric, this.#spec);
    this.#state = { ...this.#state, epoch: this.#state.epoch + 1 };
    this.#step = 0;
    if (this.#stepsThere) this.#upload();
  }

  #catchUp(): void {
    this.#behind?.();
    this.#behind = undefined;
  }

  /** Put the host's weights, and what steps need, onto the backend. */
  #upload(): void {
    this.#catchUp();
    this.#learner.setWeights(this.#state);
    if (this.#stepsThere) this.#learner.setMoments(this.#state.adam);
  }

  /** What the model says now of a batch, in the target's own unit: [M]. */
  async predict(batch: Batch): Promise<Float64Array> {
    const { mean, std } = this.#state.normalisation;
    const ready = this.#learner.ready({ batch, counted: batch.molecules });
    try {
      return Float64Array.from(await this.#learner.predict(ready), (value) => value * std + mean);
    } finally {
      ready.dispose();
    }
  }

  /** Whether the model knows a batch's atoms. @throws InputError where it does not */
  check(batch: Batch): void {
    this.#learner.ready({ batch, counted: batch.molecules }).dispose();
  }

  /** Bytes of each tensor that a step of this batch makes, in the order they are made in. Nothing is learned from it. */
  async tensorBytes(batch: Batch): Promise<number[]> {
    const ready = this.#learner.ready({ batch, counted: batch.molecules });
    try {
      let pending: PendingGradient | undefined;
      const { kernels } = await profile(() => {
        pending = this.#learner.gradient(ready);
        return [];
      });
      const { parameters, buffers } = this.#state;
      await pending?.read(new Float32Array(parameters.length + 1 + buffers.length));
      const shapes = kernels.flatMap(({ outputShapes }) => outputShapes);
      return shapes.map((shape) => shape.reduce((size, length) => size * length, 4));
    } finally {
      ready.dispose();
    }
  }

  dispose(): void {
    this.#learner.dispose();
  }
}
