import { mul, reshape, sum, type Tensor2D, type Tensor3D, transpose } from '@tensorflow/tfjs-core';
import { differentiable, hasKernel, runKernel } from './op.ts';

/**
 * Sums of terms, each scaled by a number of its row: out[n, g o] = sum over s of scales[n, s] y[g, n, o s].
 *
 * @param y - [G, N, O S], s the fastest
 * @param scales - [N, S]; has no gradient
 * @returns [N, G O]
 */
export function sumScaled(y: Tensor3D, scales: Tensor2D): Tensor2D {
  const [groups, rows, columns] = y.shape;
  const terms = scales.shape[1];
  const width = columns / terms;
  const own = hasKernel('SumScaled');
  return differentiable<Tensor2D, [Tensor2D]>(
    [y],
    (save) => {
      save(scales);
      if (own) return runKernel('SumScaled', { y, scales });
      const scaled = mul(reshape(y, [groups, rows, width, terms]), reshape(scales, [1, rows, 1, terms]));
      return reshape(transpose(sum(scaled, 3), [1, 0, 2]), [rows, groups * width]);
    },
    (dout, [saved]) => {
      if (own) return [runKernel('SumScaledGradient', { dout, scales: saved }, { groups })];
      const spread = transpose(reshape(dout, [rows, groups, width]), [1, 0, 2]);
      const dy = mul(reshape(spread, [groups, rows, width, 1]), reshape(saved, [1, rows, 1, terms]));
      return [reshape(dy, y.shape)];
    },
  );
}
