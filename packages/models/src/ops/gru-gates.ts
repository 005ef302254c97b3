import {
  add,
  concat,
  mul,
  sigmoid,
  split,
  square,
  sub,
  type Tensor,
  type Tensor2D,
  tanh,
} from '@tensorflow/tfjs-core';
import { differentiable, hasKernel, runKernel } from './op.ts';

/**
 * The gates of a gated recurrent unit, as torch's GRU has them (Cho et al., arXiv:1406.1078, but with r applied to
 * the product of the state and not to the state):
 *
 *     r = sigmoid(x_r + h_r)   z = sigmoid(x_z + h_z)   n = tanh(x_n + r * h_n)   y = (1 - z) * n + z * state
 *
 * @param x - [N, 3 F] the input's products, r, z and n side by side
 * @param h - [N, 3 F] the state's
 * @param state - [N, F]
 * @returns [N, F] the next state
 */
export function gruGates(x: Tensor2D, h: Tensor2D, state: Tensor2D): Tensor2D {
  const own = hasKernel('GruGates');
  return differentiable<Tensor2D, [Tensor2D, Tensor2D, Tensor2D]>(
    [x, h, state],
    (save) => {
      save(x, h, state);
      if (own) return runKernel('GruGates', { x, h, state });
      const { z, n } = gatesOf(x, h);
      return add(n, mul(z, sub(state, n)));
    },
    (dy, [savedX, savedH, savedState]) =>
      own
        ? runKernel<Tensor[]>('GruGatesGradient', { x: savedX, h: savedH, state: savedState, dy })
        : composedGradient(dy, savedX, savedH, savedState),
  );
}

/** r and z side by side [N, 2 F], each of them, n, and the state's product that r lets through: [N, F] each. */
function gatesOf(x: Tensor2D, h: Tensor2D) {
  const width = x.shape[1] / 3;
  const [xGates, xNew] = split(x, [2 * width, width], 1);
  const [hGates, hNew] = split(h, [2 * width, width], 1);
  const gates: Tensor2D = sigmoid(add(xGates, hGates));
  const [r, z] = split(gates, 2, 1);
  const n: Tensor2D = tanh(add(xNew, mul(r, hNew)));
  return { gates, r, z, n, hNew };
}

function composedGradient(dy: Tensor2D, x: Tensor2D, h: Tensor2D, state: Tensor2D): Tensor2D[] {
  const { gates, r, z, n, hNew } = gatesOf(x, h);
  const kept = mul(dy, z);
  const dNew = mul(sub(dy, kept), sub(1, square(n)));
  const slopes = mul(gates, sub(1, gates));
  const dGates = mul(concat([mul(dNew, hNew), mul(dy, sub(state, n))], 1), slopes);
  const dx: Tensor2D = concat([dGates, dNew], 1) as Tensor2D;
  const dh: Tensor2D = concat([dGates, mul(dNew, r)], 1) as Tensor2D;
  return [dx, dh, kept as Tensor2D];
}
