import {
  add,
  mul,
  relu,
  sigmoid,
  softplus,
  square,
  step,
  sub,
  type Tensor,
  tanh,
} from '@tensorflow/tfjs-core';
import { differentiable, hasKernel, runKernel } from './op.ts';

/** Elementwise functions a dense layer may end with. Their codes are those of kernels/dense.ts. */
export const activationCode = { identity: 0, ssp: 1, swish: 2, relu: 3, tanh: 4, sigmoid: 5 } as const;
export type Activation = keyof typeof activationCode;
type Curved = Exclude<Activation, 'identity'>;

interface Form {
  apply(x: Tensor): Tensor;
  /** dx from dy and what `keeps` names: the function's input x or its output y. */
  gradient(dy: Tensor, kept: Tensor): Tensor;
  readonly keeps: 'input' | 'output';
}

/** The composed forms: TensorFlow.js ops only, on every backend. */
export const composedActivation: Readonly<Record<Curved, Form>> = {
  /** Shifted softplus ln(1 + e^x) - ln 2: smooth, and 0 at 0. Schuett et al., SchNet (2017). */
  ssp: {
    apply: (x) => sub(softplus(x), Math.LN2),
    gradient: (dy, x) => mul(dy, sigmoid(x)),
    keeps: 'input',
  },
  /** x sigmoid(x) */
  swish: {
    apply: (x) => mul(x, sigmoid(x)),
    gradient: (dy, x) => {
      const s = sigmoid(x);
      return mul(dy, mul(s, add(1, mul(x, sub(1, s)))));
    },
    keeps: 'input',
  },
  relu: { apply: relu, gradient: (dy, y) => mul(dy, step(y)), keeps: 'output' },
  tanh: { apply: tanh, gradient: (dy, y) => mul(dy, sub(1, square(y))), keeps: 'output' },
  sigmoid: { apply: sigmoid, gradient: (dy, y) => mul(dy, mul(y, sub(1, y))), keeps: 'output' },
};

/** Kernels of ours find every derivative but swish's from the output. */
export function kernelKeeps(activation: Curved): Form['keeps'] {
  return activation === 'swish' ? 'input' : 'output';
}

/** Apply an activation to a tensor of any shape. */
export function activate<T extends Tensor>(x: T, activation: Activation): T {
  if (activation === 'identity') return x;
  const form = composedActivation[activation];
  const own = hasKernel('Activate');
  const code = { activation: activationCode[activation] };
  const keeps = own ? kernelKeeps(activation) : form.keeps;
  return differentiable<T, [Tensor]>(
    [x],
    (save) => {
      const y = own ? runKernel<T>('Activate', { x }, code) : (form.apply(x) as T);
      save(keeps === 'input' ? x : y);
      return y;
    },
    (dy, [kept]) => [own ? runKernel<T>('ActivateGradient', { kept, dy }, code) : form.gradient(dy, kept)],
  );
}
