import {
  add,
  concat,
  mul,
  sigmoid,
  split,
  sub,
  type Tensor,
  type Tensor2D,
  tanh,
} from '@tensorflow/tfjs-core';
import { differentiable, hasKernel, runKernel } from './op.ts';
import { sigmoidSlope, tanhSlope } from './parts.ts';

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
  return hasKernel('GruGates') ? own(x, h, state) : composed(x, h, state);
}

function own(x: Tensor2D, h: Tensor2D, state: Tensor2D): Tensor2D {
  return differentiable<Tensor2D, [Tensor2D, Tensor2D, Tensor2D]>(
    [x, h, state],
    (save) => {
      save(x, h, state);
      return runKernel('GruGates', { x, h, state });
    },
    (dy, [savedX, savedH, savedState]) =>
      runKernel<Tensor[]>('GruGatesGradient', { x: savedX, h: savedH, state: savedState, dy }),
  );
}

/** r and z side by side [N, 2 F], n, the state's product that r lets through, and the state: [N, F] each. */
type Kept = [gates: Tensor2D, n: Tensor2D, hNew: Tensor2D, state: Tensor2D];

function composed(x: Tensor2D, h: Tensor2D, state: Tensor2D): Tensor2D {
  const width = state.shape[1];
  return differentiable<Tensor2D, Kept>(
    [x, h, state],
    (save) => {
      const [xGates, xNew] = split(x, [2 * width, width], 1);
      const [hGates, hNew] = split(h, [2 * width, width], 1) as Tensor2D[];
      const gates: Tensor2D = sigmoid(add(xGates, hGates));
      const [r, z] = split(gates, 2, 1);
      const n: Tensor2D = tanh(add(xNew, mul(r, hNew)));
      save(gates, n, hNew, state);
      return add(n, mul(z, sub(state, n)));
    },
    composedGradient,
  );
}

function composedGradient(dy: Tensor2D, [gates, n, hNew, state]: Kept): Tensor2D[] {
  const [r, z] = split(gates, 2, 1);
  const dstate: Tensor2D = mul(dy, z);
  const dNew = tanhSlope(sub(dy, dstate), n);
  const dBoth = concat([mul(dNew, hNew), mul(dy, sub(state, n))], 1);
  const dGates = sigmoidSlope(dBoth, gates);
  const dx: Tensor2D = concat([dGates, dNew], 1) as Tensor2D;
  const dh: Tensor2D = concat([dGates, mul(dNew, r)], 1) as Tensor2D;
  return [dx, dh, dstate];
}
