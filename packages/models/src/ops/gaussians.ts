import { exp, mul, reshape, square, sub, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import { hasKernel, runKernel } from './op.ts';

/** Evenly spaced Gaussians as wide as they are apart. */
export interface GaussianBasis {
  /** [K] mu_k in angstrom, float32. */
  readonly centres: Float32Array;
  /** -1 / (2 (mu_1 - mu_0)^2), per square angstrom. */
  readonly coefficient: number;
}

/**
 * K Gaussians from `start` to `stop` in float32 arithmetic, the second half counted from the end, as torch.linspace
 * does it.
 */
export function gaussianBasis(start: number, stop: number, count: number): GaussianBasis {
  const step = Math.fround(Math.fround(stop - start) / (count - 1));
  const centres = Float32Array.from({ length: count }, (_, k) =>
    k < count / 2 ? start + step * k : stop - step * (count - 1 - k),
  );
  return { centres, coefficient: -0.5 / Math.fround(centres[1] - centres[0]) ** 2 };
}

/**
 * Expand distances [P] into exp(coefficient (d - mu_k)^2) [P, K]. A function of data: it has no gradient.
 * Schuett et al., SchNet (2017), filter-generating networks.
 */
export function gaussians(distance: Tensor1D, centres: Tensor1D, coefficient: number): Tensor2D {
  if (hasKernel('Gaussians')) return runKernel('Gaussians', { distance, centres }, { coefficient });
  const offset = sub(reshape(distance, [-1, 1]), reshape(centres, [1, -1]));
  return exp(mul(square(offset), coefficient)) as Tensor2D;
}
