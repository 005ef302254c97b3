import { add, mul, relu, sigmoid, softplus, sub, type Tensor, tanh } from '@tensorflow/tfjs-core';
import { differentiable, hasKernel, runKernel } from './op.ts';
import { reluSlope, sigmoidSlope, softplusSlope, tanhSlope } from './parts.ts';

/** Elementwise functions a dense layer may end with. Their codes are those of kernels/dense.ts. */
export const activationCode = { identity: 0, ssp: 1, swish: 2, relu: 3, tanh: 4, sigmoid: 5 } as const;
export type Activation = keyof typeof activationCode;
type Curved = Exclude<Activation, 'identity'>;

interface Form {
  /** The value y of x, and what its gradient needs. */
  apply(x: Tensor): { readonly y: Tensor; readonly kept: readonly Tensor[] };
  /** dx from dy and what was kept. */
  gradient(dy: Tensor, kept: readonly Tensor[]): Tensor;
}

/** A function whose derivative follows from its value y. */
function fromValue(f: (x: Tensor) => Tensor, gradient: (dy: Tensor, y: Tensor) => Tensor): Form {
  return {
    apply: (x) => {
      const y = f(x);
      return { y, kept: [y] };
    },
    gradient: (dy, [y]) => gradient(dy, y),
  };
}

/** The composed forms: TensorFlow.js ops only, on every backend. */
export const composedActivation: Readonly<Record<Curved, Form>> = {
  /** Shifted softplus ln(1 + e^x) - ln 2: smooth, and 0 at 0. Schuett et al., SchNet (2017). */
  ssp: {
    apply: (x) => ({ y: sub(softplus(x), Math.LN2), kept: [x] }),
    gradient: (dy, [x]) => softplusSlope(dy, x),
  },
  /** y = x s, s = sigmoid(x): y' = s + x s (1 - s). */
  swish: {
    apply: (x) => {
      const s = sigmoid(x);
      return { y: mul(x, s), kept: [s, x] };
    },
    gradient: (dy, [s, x]) => mul(dy, add(s, sigmoidSlope(x, s))),
  },
  relu: fromValue(relu, reluSlope),
  tanh: fromValue(tanh, tanhSlope),
  sigmoid: fromValue(sigmoid, sigmoidSlope),
};

/** Kernels of ours find every derivative but swish's from the output. */
export function kernelKeeps(activation: Curved): 'input' | 'output' {
  return activation === 'swish' ? 'input' : 'output';
}

/** Apply an activation to a tensor of any shape. */
export function activate<T extends Tensor>(x: T, activation: Activation): T {
  if (activation === 'identity') return x;
  const form = composedActivation[activation];
  const own = hasKernel('Activate');
  const code = { activation: activationCode[activation] };
  return differentiable<T, Tensor[]>(
    [x],
    (save) => {
      if (own) {
        const y = runKernel<T>('Activate', { x }, code);
        save(kernelKeeps(activation) === 'input' ? x : y);
        return y;
      }
      const { y, kept } = form.apply(x);
      save(...kept);
      return y as T;
    },
    (dy, kept) => [
      own ? runKernel<T>('ActivateGradient', { kept: kept[0], dy }, code) : form.gradient(dy, kept),
    ],
  );
}
