import {
  add,
  concat,
  matMul,
  reshape,
  split,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import { type Activation, composedActivation } from './activation.ts';
import { dense } from './dense.ts';
import { differentiable, hasKernel } from './op.ts';

/** A network of two dense layers: y = f(x W1^T + b1) W2^T + b2. */
export interface TwoLayers {
  /** [H, K], [H] */
  readonly first: { readonly weight: Tensor2D; readonly bias: Tensor1D };
  /** [F, H], [F] */
  readonly second: { readonly weight: Tensor2D; readonly bias: Tensor1D };
}

/**
 * T networks of one shape on the same data. Where a layer is several launches they are computed side by side, in as
 * many launches as one of them; what they keep for the gradient is then there at once.
 *
 * @param x - [R, K] data: it takes no gradient
 * @returns T times [R, F]
 */
export function sideBySide(
  x: Tensor2D,
  networks: readonly TwoLayers[],
  activation: Exclude<Activation, 'identity'>,
): Tensor2D[] {
  if (hasKernel('Dense') || networks.length < 2) {
    return networks.map(({ first, second }) => {
      const hidden = dense(x, first.weight, { bias: first.bias, activation, inputGradient: false });
      return dense(hidden, second.weight, { bias: second.bias });
    });
  }
  const all = composed(x, networks, activation);
  const [count, rows, features] = all.shape;
  return split(all, count, 0).map((one): Tensor2D => reshape(one, [rows, features]));
}

/** Tensors of one shape as one with an axis more in front, [T, ...], and that taken apart again. */
function stacked(tensors: readonly Tensor[]): Tensor {
  return reshape(concat([...tensors], 0), [tensors.length, ...tensors[0].shape]);
}

function apart(whole: Tensor, shape: number[]): Tensor[] {
  return split(whole, whole.shape[0], 0).map((one) => reshape(one, shape));
}

/** All of them [T, R, F], as batches of products. */
function composed(
  x: Tensor2D,
  networks: readonly TwoLayers[],
  activation: Exclude<Activation, 'identity'>,
): Tensor3D {
  const form = composedActivation[activation];
  const count = networks.length;
  const [hidden, inputs] = networks[0].first.weight.shape;
  const features = networks[0].second.weight.shape[0];
  const shared = (data: Tensor): Tensor => reshape(data, [1, ...data.shape]);
  const parts = [
    networks.map(({ first }) => first.weight),
    networks.map(({ first }) => first.bias),
    networks.map(({ second }) => second.weight),
    networks.map(({ second }) => second.bias),
  ];
  const layer = (rows: Tensor, weight: Tensor, bias: Tensor, width: number): Tensor =>
    add(matMul(rows, weight, false, true), reshape(bias, [count, 1, width]));
  return differentiable<Tensor3D, Tensor[]>(
    parts.flat(),
    (save) => {
      const [firstWeight, firstBias, weight, bias] = parts.map(stacked);
      const { y, kept } = form.apply(layer(shared(x), firstWeight, firstBias, hidden));
      // Where the value is kept for its own gradient it is not saved twice.
      save(x, weight, y, ...kept.filter((tensor) => tensor !== y));
      return layer(y, weight, bias, features) as Tensor3D;
    },
    (dy, [data, weight, y, ...others]) => {
      const kept = others.length > 0 ? others : [y];
      const dz = form.gradient(matMul(dy, weight), kept);
      return [
        ...apart(matMul(dz, shared(data), true, false), [hidden, inputs]),
        ...apart(sum(dz, 1), [hidden]),
        ...apart(matMul(dy, y, true, false), [features, hidden]),
        ...apart(sum(dy, 1), [features]),
      ];
    },
  );
}
