import {
  matMul,
  mul,
  reshape,
  type Tensor2D,
  type Tensor3D,
  tensor2d,
  tile,
  transpose,
} from '@tensorflow/tfjs-core';
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
  return differentiable<Tensor2D, [Tensor2D | Tensor3D]>(
    [y],
    (save) => {
      if (own) {
        save(scales);
        return runKernel('SumScaled', { y, scales });
      }
      const factors = repeated(scales, width);
      save(factors);
      const scaled = reshape(mul(y, factors), [groups * rows, columns]);
      const sums = reshape(matMul(scaled, termsOf(width, terms)), [groups, rows, width]);
      return reshape(transpose(sums, [1, 0, 2]), [rows, groups * width]);
    },
    (dout, [saved]) => {
      if (own) return [runKernel('SumScaledGradient', { dout, scales: saved }, { groups })];
      const byGroup = reshape(transpose(reshape(dout, [rows, groups, width]), [1, 0, 2]), [
        groups * rows,
        width,
      ]);
      const spread = reshape(matMul(byGroup, termsOf(width, terms), false, true), y.shape);
      return [mul(spread, saved)];
    },
  );
}

/** Which of O S columns belong to which of O sums: ones and zeros [O S, O]. A product with it is faster than a sum over S. */
function termsOf(width: number, terms: number): Tensor2D {
  const values = Float32Array.from({ length: width * terms * width }, (_, k) =>
    Number(Math.floor(k / width / terms) === k % width),
  );
  return tensor2d(values, [width * terms, width]);
}

/** A row's scales once for every sum: [N, S] -> [1, N, O S]. */
function repeated(scales: Tensor2D, width: number): Tensor3D {
  return reshape(tile(scales, [1, width]), [1, scales.shape[0], width * scales.shape[1]]);
}
