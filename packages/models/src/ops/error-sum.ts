import { mul, reshape, type Scalar, sign, square, sub, sum, type Tensor1D } from '@tensorflow/tfjs-core';
import { differentiable, hasKernel, runKernel } from './op.ts';

/** What is summed of each error e: e^2, or |e|. */
export type ErrorKind = 'square' | 'absolute';

/**
 * The sum over m of w_m l(prediction_m - target_m), l the square or the absolute value. The gradient of |e| at e = 0
 * is 0, as PyTorch's is.
 *
 * @param predictions - [M]; alone has a gradient
 * @param targets - [M]
 * @param weights - [M]
 */
export function errorSum(
  kind: ErrorKind,
  predictions: Tensor1D,
  targets: Tensor1D,
  weights: Tensor1D,
): Scalar {
  return hasKernel('ErrorSum')
    ? own(kind, predictions, targets, weights)
    : composed(kind, predictions, targets, weights);
}

function own(kind: ErrorKind, predictions: Tensor1D, targets: Tensor1D, weights: Tensor1D): Scalar {
  return differentiable<Scalar, [Tensor1D]>(
    [predictions],
    (save) => {
      const inputs = { predictions, targets, weights };
      const [value, slope] = runKernel<[Tensor1D, Tensor1D]>('ErrorSum', inputs, {
        square: Number(kind === 'square'),
      });
      save(slope);
      return reshape(value, []);
    },
    (dy, [slope]) => [mul(slope, dy)],
  );
}

function composed(kind: ErrorKind, predictions: Tensor1D, targets: Tensor1D, weights: Tensor1D): Scalar {
  const error = sub(predictions, targets);
  // |e| = e sign(e): its gradient is 0 at e = 0; that of TensorFlow.js' abs is -1 there.
  const each = kind === 'square' ? square(error) : mul(error, sign(error));
  return sum(mul(weights, each));
}
