import { matMul, mul, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import { differentiable, hasKernel, runKernel } from './op.ts';

/**
 * Rows times a linear function of a few numbers each: y = x * (r W^T), element by element. The product with W is made
 * again for the gradient rather than kept.
 *
 * @param x - [R, F]
 * @param r - [R, K], K small
 * @param weight - W [F, K]
 * @returns [R, F]
 */
export function radialProduct(x: Tensor2D, r: Tensor2D, weight: Tensor2D): Tensor2D {
  const own = hasKernel('RadialProduct');
  return differentiable<Tensor2D, [Tensor2D, Tensor2D, Tensor2D]>(
    [x, r, weight],
    (save) => {
      save(x, r, weight);
      return own ? runKernel('RadialProduct', { x, r, weight }) : mul(x, matMul(r, weight, false, true));
    },
    (dy, [savedX, savedR, savedWeight]) => {
      const saved = { x: savedX, r: savedR, weight: savedWeight };
      if (own) return runKernel<Tensor[]>('RadialProductGradient', { ...saved, dy });
      const dfactor: Tensor2D = mul(dy, savedX);
      return [
        mul(dy, matMul(savedR, savedWeight, false, true)),
        matMul(dfactor, savedWeight),
        matMul(dfactor, savedR, true, false),
      ];
    },
  );
}
