import { add, mul, rsqrt, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import { parameter } from '../layers.ts';
import type { ForwardMode, ParameterViews } from '../model.ts';
import { columnMoments, normaliseColumns } from '../ops/normalise.ts';
import { constant, zeros } from '../parameters/initialisers.ts';
import type { BufferBuilder, LayoutBuilder } from '../parameters/layout.ts';

/** torch's defaults. */
const epsilon = 1e-5;
const momentum = 0.1;

export function addBatchNorm(layout: LayoutBuilder, name: string, features: number): void {
  layout.add(`${name}.weight`, [features], constant(1)).add(`${name}.bias`, [features], zeros);
}

export function addRunningMoments(buffers: BufferBuilder, name: string, features: number): void {
  buffers
    .add(`${name}.running_mean`, [features], () => {})
    .add(`${name}.running_var`, [features], (values) => values.fill(1))
    .counter(`${name}.num_batches_tracked`);
}

/**
 * The BatchNorm called `name` with relu behind it: x [N, F] -> [N, F]. While training by the moments of these rows,
 * which are mixed into the running ones; otherwise by the running ones.
 */
export function batchNormRelu(p: ParameterViews, name: string, x: Tensor2D, mode: ForwardMode): Tensor2D {
  const scale = parameter<Tensor1D>(p, `${name}.weight`);
  const shift = parameter<Tensor1D>(p, `${name}.bias`);
  const { training, buffers, update } = mode;
  if (!buffers) throw new Error(`"${name}" needs the model's buffers: give them with the mode.`);
  if (!training) {
    const mean = parameter<Tensor1D>(buffers, `${name}.running_mean`);
    const variance = parameter<Tensor1D>(buffers, `${name}.running_var`);
    return normaliseColumns(x, scale, shift, { mean, inverse: inverseOf(variance), moving: false });
  }
  const { mean, variance } = columnMoments(x);
  if (update) {
    const rows = x.shape[0];
    const mix = (moment: string, value: Tensor1D, share: number) => {
      const running = mul(parameter<Tensor1D>(buffers, `${name}.${moment}`), 1 - momentum);
      update(`${name}.${moment}`, add(running, mul(value, momentum * share)));
    };
    mix('running_mean', mean, 1);
    // The running variance is the unbiased one; that of a single row there is not.
    mix('running_var', variance, rows / Math.max(1, rows - 1));
    const counter = `${name}.num_batches_tracked`;
    update(counter, add(buffers[counter], 1));
  }
  return normaliseColumns(x, scale, shift, { mean, inverse: inverseOf(variance), moving: true });
}

function inverseOf(variance: Tensor1D): Tensor1D {
  return rsqrt(add(variance, epsilon));
}
