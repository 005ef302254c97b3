import type { AdamRates } from '@litmatter/models';

/** Adam's running means of the gradient and of its square: [P] each, and how many steps they hold. */
export interface AdamState {
  readonly firstMoment: Float32Array;
  readonly secondMoment: Float32Array;
  step: number;
}

export interface AdamOptions {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/** PyTorch's defaults. */
export const adamDefaults: AdamOptions = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

export function adamState(size: number): AdamState {
  return { firstMoment: new Float32Array(size), secondMoment: new Float32Array(size), step: 0 };
}

/** The numbers of step t, from 1. */
export function adamRates(
  t: number,
  learningRate: number,
  scale = 1,
  { beta1, beta2, epsilon }: AdamOptions = adamDefaults,
): AdamRates {
  const rate = learningRate / (1 - beta1 ** t);
  const root = 1 / Math.sqrt(1 - beta2 ** t);
  return { beta1, beta2, epsilon, scale, rate, root };
}

/**
 * One step of Adam on the flat vector, in place and in one pass (Kingma and Ba, arXiv:1412.6980, algorithm 1), with
 * epsilon outside the corrected root as torch.optim.Adam has it:
 *
 *     m <- b1 m + (1 - b1) g          v <- b2 v + (1 - b2) g^2
 *     p <- p - lr / (1 - b1^t)  m / (sqrt(v) / sqrt(1 - b2^t) + eps)
 *
 * @param parameters - [P]
 * @param gradient - [P], multiplied by `scale` as it is read (the mean over samples from their sum)
 */
export function adamStep(
  parameters: Float32Array,
  gradient: Float32Array,
  state: AdamState,
  learningRate: number,
  scale = 1,
  options: AdamOptions = adamDefaults,
): void {
  const { firstMoment, secondMoment } = state;
  const { beta1, beta2, epsilon, rate, root } = adamRates(++state.step, learningRate, scale, options);
  for (let i = 0; i < parameters.length; i++) {
    const g = gradient[i] * scale;
    const m = firstMoment[i] + (1 - beta1) * (g - firstMoment[i]);
    const v = beta2 * secondMoment[i] + (1 - beta2) * g * g;
    firstMoment[i] = m;
    secondMoment[i] = v;
    parameters[i] -= (rate * m) / (Math.sqrt(v) * root + epsilon);
  }
}
