import {
  add,
  mean,
  mul,
  reciprocal,
  relu,
  square,
  squaredDifference,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { differentiable, hasKernel, runKernel } from './op.ts';
import { reluSlope } from './parts.ts';

/** Mean and variance (divided by N, not by N - 1) of each column of x [N, F]: [F] each. They have no gradient. */
export function columnMoments(x: Tensor2D): { mean: Tensor1D; variance: Tensor1D } {
  if (hasKernel('ColumnMoments')) {
    const [own, variance] = runKernel<Tensor1D[]>('ColumnMoments', { x });
    return { mean: own, variance };
  }
  const own: Tensor1D = mean(x, 0);
  return { mean: own, variance: mean(squaredDifference(x, own), 0) };
}

/** What columns are moved and divided by: [F] each. */
export interface Centring {
  readonly mean: Tensor1D;
  /** 1 / the deviation. */
  readonly inverse: Tensor1D;
  /** Whether they are the moments of the very rows that are normalised, and move with them. */
  readonly moving: boolean;
}

/**
 * y = relu(scale (x - mean) / deviation + shift), column by column. S. Ioffe, C. Szegedy: Batch normalization. ICML
 * 2015, arXiv:1502.03167, algorithm 1.
 *
 * @param x - [N, F]
 * @param scale - [F], as shift is
 */
export function normaliseColumns(
  x: Tensor2D,
  scale: Tensor1D,
  shift: Tensor1D,
  centring: Centring,
): Tensor2D {
  const { mean: centre, inverse, moving } = centring;
  const own = hasKernel('NormaliseColumns');
  return differentiable<Tensor2D, [Tensor2D, Tensor1D, Tensor2D, Tensor1D, Tensor1D]>(
    [x, scale, shift],
    (save) => {
      const y = own
        ? runKernel<Tensor2D>('NormaliseColumns', { x, mean: centre, inverse, scale, shift })
        : (relu(add(mul(sub(x, centre), mul(scale, inverse)), shift)) as Tensor2D);
      save(x, scale, y, centre, inverse);
      return y;
    },
    (dy, [savedX, savedScale, y, savedCentre, savedInverse]) => {
      const saved = { x: savedX, scale: savedScale, y, mean: savedCentre, inverse: savedInverse, dy };
      return own
        ? runKernel<Tensor[]>('NormaliseColumnsGradient', saved, { moving: Number(moving) })
        : composedGradient(saved, moving);
    },
  );
}

/** Where the moments move with x: dx = scale / deviation (dz - mean of dz - normal x mean of (dz normal)). */
function composedGradient(
  {
    x,
    scale,
    y,
    mean: centre,
    inverse,
    dy,
  }: Readonly<Record<'x' | 'scale' | 'y' | 'mean' | 'inverse' | 'dy', Tensor>>,
  moving: boolean,
): Tensor[] {
  const dz = reluSlope(dy, y);
  if (moving && hasKernel('BatchNormGradient')) {
    const variance = reciprocal(square(inverse));
    return runKernel('BatchNormGradient', { dy: dz, x, scale, mean: centre, variance });
  }
  const normal = mul(sub(x, centre), inverse);
  const dshift = sum(dz, 0);
  const dscale = sum(mul(dz, normal), 0);
  const factor = mul(scale, inverse);
  if (!moving) return [mul(dz, factor), dscale, dshift];
  const share = 1 / x.shape[0];
  const rest = sub(sub(dz, mul(dshift, share)), mul(normal, mul(dscale, share)));
  return [mul(rest, factor), dscale, dshift];
}
