import {
  add,
  mul,
  sigmoid,
  square,
  step,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { hasKernel, runKernel } from './op.ts';

/** Parts of composed forms that some backends have in one kernel. Not differentiable: they stand within ops that are. */

/** x [R, F] + bias [F] */
export function addBias(x: Tensor2D, bias: Tensor1D): Tensor2D {
  return hasKernel('BiasAdd') ? runKernel('BiasAdd', { x, bias }) : add(x, bias);
}

/** The sum over rows: [R, F] -> [F]. */
export function columnSums(x: Tensor2D): Tensor1D {
  return hasKernel('ColumnSums') ? runKernel('ColumnSums', { x }) : sum(x, 0);
}

/** dy where y > 0 */
export function reluSlope(dy: Tensor, y: Tensor): Tensor {
  return hasKernel('ReluSlope') ? runKernel('ReluSlope', { dy, y }) : mul(dy, step(y));
}

/** dy sigmoid(x): the gradient of softplus. */
export function softplusSlope(dy: Tensor, x: Tensor): Tensor {
  return hasKernel('SoftplusSlope') ? runKernel('SoftplusSlope', { dy, x }) : mul(dy, sigmoid(x));
}

/** dy y (1 - y): the gradient of sigmoid, y being its value. */
export function sigmoidSlope(dy: Tensor, y: Tensor): Tensor {
  return hasKernel('SigmoidSlope') ? runKernel('SigmoidSlope', { dy, y }) : mul(dy, mul(y, sub(1, y)));
}

/** dy (1 - y^2): the gradient of tanh, y being its value. */
export function tanhSlope(dy: Tensor, y: Tensor): Tensor {
  return hasKernel('TanhSlope') ? runKernel('TanhSlope', { dy, y }) : mul(dy, sub(1, square(y)));
}
