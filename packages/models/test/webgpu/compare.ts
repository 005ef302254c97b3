import { grads, mul, sum, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import { withComposedOps } from '../../src/ops/op.ts';

/** Runs in a page, where vitest is not: see e2e/webgpu-kernels.e2e.ts. */

export interface Numbers {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/**
 * Repeatable numbers in [-0.6, 1], so that sums of them do not vanish; with `levels`, few different ones, that equal
 * values meet.
 */
export function numbers(shape: readonly number[], seed: number, levels = 0): Numbers {
  const size = shape.reduce((product, width) => product * width, 1);
  const values = Float32Array.from({ length: size }, (_, i) => {
    const x = Math.sin(12.9898 * i + 7.31 * seed + 1) * 43758.5453;
    return 1.6 * (x - Math.floor(x)) - 0.6;
  });
  return { shape, values: levels > 0 ? values.map((v) => Math.round(v * levels) / levels) : values };
}

/** An op whose inputs are all differentiable; what it needs besides it puts onto the backend itself. */
export type Op = (...inputs: Tensor[]) => Tensor;

/** The value of an op and its gradients for uneven weights. */
async function results(make: () => Op, inputs: readonly Numbers[]): Promise<Float32Array[]> {
  const tensors = tidy(() => {
    const op = make();
    const given = inputs.map(({ shape, values }) => tensor(values, [...shape], 'float32'));
    const value = op(...given);
    const weights = numbers(value.shape, 99);
    const weighted = (...xs: Tensor[]) => sum(mul(op(...xs), tensor(weights.values, value.shape)));
    return [value, ...(given.length > 0 ? grads(weighted)(given) : [])];
  });
  const read = await Promise.all(tensors.map((t) => t.data<'float32'>()));
  for (const t of tensors) t.dispose();
  return read;
}

/** The largest difference, relative to the largest number wanted; NaN where anything is not a number. */
export function difference(actual: ArrayLike<number>, wanted: ArrayLike<number>): number {
  if (actual.length !== wanted.length) return Number.NaN;
  let largest = 0;
  let scale = 1e-3;
  for (let i = 0; i < wanted.length; i++) {
    const apart = Math.abs(actual[i] - wanted[i]);
    if (!Number.isFinite(apart)) return Number.NaN;
    largest = Math.max(largest, apart);
    scale = Math.max(scale, Math.abs(wanted[i]));
  }
  return largest / scale;
}

/** How far our kernels are from the composed form of an op, value and gradients. */
export async function apart(make: () => Op, inputs: readonly Numbers[]): Promise<number> {
  const own = await results(make, inputs);
  const composed = await withComposedAsync(() => results(make, inputs));
  return Math.max(...own.map((values, k) => difference(values, composed[k])));
}

/** How far two ops that should be one are from each other, value and gradients. */
export async function between(make: () => Op, wanted: () => Op, inputs: readonly Numbers[]): Promise<number> {
  const [actual, other] = [await results(make, inputs), await results(wanted, inputs)];
  return Math.max(...actual.map((values, k) => difference(values, other[k])));
}

/** `withComposedOps` holds while its body runs, and all that a body launches is launched before it first waits. */
function withComposedAsync<R>(body: () => Promise<R>): Promise<R> {
  return withComposedOps(body);
}
