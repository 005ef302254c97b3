import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { ParameterViews } from './model.ts';
import { type DenseOptions, dense, denseOnto } from './ops/dense.ts';

/** A parameter by name. @throws Error where the layout has none of that name: a slip in a model's file */
export function parameter<T extends Tensor1D | Tensor2D>(parameters: ParameterViews, name: string): T {
  const found = parameters[name];
  if (!found) throw new Error(`There is no parameter "${name}".`);
  return found as T;
}

/** The Linear called `name`, with its bias where the layout has one, and an activation: x [R, in] -> [R, out]. */
export function linear(
  parameters: ParameterViews,
  name: string,
  x: Tensor2D,
  options: Omit<DenseOptions, 'bias'> = {},
): Tensor2D {
  const bias = parameters[`${name}.bias`] as Tensor1D | undefined;
  return dense(x, parameter(parameters, `${name}.weight`), { ...options, bias });
}

/** The Linear called `name` on top of `base`: base [R, out] + x W^T + b, x [R, in]. */
export function linearOnto(parameters: ParameterViews, name: string, base: Tensor2D, x: Tensor2D): Tensor2D {
  const bias = parameters[`${name}.bias`] as Tensor1D | undefined;
  return denseOnto(base, x, parameter(parameters, `${name}.weight`), { bias });
}
