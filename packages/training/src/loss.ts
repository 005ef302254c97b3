import type { TrainingSpec } from '@litmatter/protocol';
import { mul, type Scalar, sign, square, sub, sum, type Tensor1D } from '@tensorflow/tfjs-core';

/**
 * The sum over molecules of w l(prediction - target), l the square ("mse") or the absolute value ("l1").
 *
 * A sum and not a mean: added up over ranks and divided by the sum of the weights, it is the mean over the step's
 * distinct samples, however they were dealt out.
 *
 * @param predictions - [M]
 * @param targets - [M], normalised where the predictions are
 * @param weights - [M], 0 for a repeated sample
 */
export function lossSum(
  kind: TrainingSpec['loss'],
  predictions: Tensor1D,
  targets: Tensor1D,
  weights: Tensor1D,
): Scalar {
  const error = sub(predictions, targets);
  // |e| = e sign(e): its gradient is 0 at e = 0, as PyTorch's is; that of TensorFlow.js' abs is -1 there.
  const each = kind === 'mse' ? square(error) : mul(error, sign(error));
  return sum(mul(weights, each));
}
