import { add, div, mul, sqrt, square, sub, type Tensor1D } from '@tensorflow/tfjs-core';
import { hasKernel, runKernel } from './op.ts';

/** The flat vectors of Adam on the backend: [P] each. */
export interface AdamVectors {
  readonly parameters: Tensor1D;
  readonly firstMoment: Tensor1D;
  readonly secondMoment: Tensor1D;
}

/** The numbers of one step. */
export interface AdamRates {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** What the gradient is multiplied by. */
  readonly scale: number;
  /** The learning rate over 1 - beta1^t. */
  readonly rate: number;
  /** 1 / sqrt(1 - beta2^t) */
  readonly root: number;
}

/** Whether a backend takes a whole step of Adam in one launch: elsewhere the host's one pass is the quicker. */
export function hasAdamStep(): boolean {
  return hasKernel('AdamStep');
}

/**
 * One step of Adam (Kingma and Ba, arXiv:1412.6980, algorithm 1; epsilon outside the corrected root, as torch.optim.Adam
 * has it): the vectors after it. Those before it stay as they are. Not differentiable.
 *
 * @param gradient - [P]
 */
export function adamVectors(before: AdamVectors, gradient: Tensor1D, rates: AdamRates): AdamVectors {
  if (!hasAdamStep()) return composed(before, gradient, rates);
  const [parameters, firstMoment, secondMoment] = runKernel<Tensor1D[]>(
    'AdamStep',
    { ...before, gradient },
    { ...rates },
  );
  return { parameters, firstMoment, secondMoment };
}

function composed(
  { parameters, ...moments }: AdamVectors,
  gradient: Tensor1D,
  rates: AdamRates,
): AdamVectors {
  const { beta1, beta2, epsilon, scale, rate, root } = rates;
  const g = mul(gradient, scale);
  const firstMoment: Tensor1D = add(moments.firstMoment, mul(sub(g, moments.firstMoment), 1 - beta1));
  const secondMoment: Tensor1D = add(mul(moments.secondMoment, beta2), mul(square(g), 1 - beta2));
  const step = div(mul(firstMoment, rate), add(mul(sqrt(secondMoment), root), epsilon));
  return { parameters: sub(parameters, step), firstMoment, secondMoment };
}
