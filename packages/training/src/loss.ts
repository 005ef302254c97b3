import { errorSum } from '@litmatter/models';
import type { TrainingSpec } from '@litmatter/protocol';
import type { Scalar, Tensor1D } from '@tensorflow/tfjs-core';

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
  return errorSum(kind === 'mse' ? 'square' : 'absolute', predictions, targets, weights);
}
