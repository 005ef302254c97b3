import { matMul, reshape, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import type { Segments } from './edges.ts';
import { differentiable, runKernel } from './op.ts';

/**
 * Sums of outer products over groups of rows: z_i = sum over the rows r of atom i of a_r (outer) b_r.
 * A layer whose matrix is linear in an edge's features, sum over j of Theta(e_ij) x_j, is one product of it with
 * Theta's coefficients, and needs no matrix an edge.
 *
 * @param a - [R, m]
 * @param b - [R, n]; rows of no atom must be zero in a or in b
 * @returns [N, m n], n the fastest
 */
export function outerSum(a: Tensor2D, b: Tensor2D, segments: Segments): Tensor2D {
  return differentiable<Tensor2D, [Tensor2D, Tensor2D]>(
    [a, b],
    (save) => {
      save(a, b);
      return segments.kind === 'ragged'
        ? runKernel('OuterSum', { a, b, start: segments.start })
        : composed(a, b, segments);
    },
    (dz, [savedA, savedB]) =>
      segments.kind === 'ragged'
        ? runKernel<Tensor[]>('OuterSumGradient', { a: savedA, b: savedB, dz, start: segments.start })
        : composedGradient(dz, savedA, savedB, segments),
  );
}

type Padded = Extract<Segments, { kind: 'padded' }>;

/** A batch of N products [m, D] [D, n]. */
function composed(a: Tensor2D, b: Tensor2D, { atoms, slots }: Padded): Tensor2D {
  const [m, n] = [a.shape[1], b.shape[1]];
  const z = matMul(reshape(a, [atoms, slots, m]), reshape(b, [atoms, slots, n]), true, false);
  return reshape(z, [atoms, m * n]);
}

/** da_r = dz_i b_r, db_r = dz_i^T a_r */
function composedGradient(dz: Tensor2D, a: Tensor2D, b: Tensor2D, { atoms, slots }: Padded): Tensor[] {
  const [m, n] = [a.shape[1], b.shape[1]];
  const matrices = reshape(dz, [atoms, m, n]);
  const da = matMul(reshape(b, [atoms, slots, n]), matrices, false, true);
  const db = matMul(reshape(a, [atoms, slots, m]), matrices);
  return [reshape(da, a.shape), reshape(db, b.shape)];
}
