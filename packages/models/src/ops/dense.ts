import {
  add,
  getBackend,
  matMul,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  transpose,
} from '@tensorflow/tfjs-core';
import { type Activation, activate, activationCode, composedActivation, kernelKeeps } from './activation.ts';
import { differentiable, hasKernel, runKernel } from './op.ts';
import { addBias, columnSums } from './parts.ts';

export interface DenseOptions {
  /** [out] added to every row. */
  readonly bias?: Tensor1D | undefined;
  readonly activation?: Activation;
  /** False where x is data: its gradient is then not computed. */
  readonly inputGradient?: boolean;
}

/**
 * A dense layer y = f(x W^T + b): x [R, in], W [out, in] as PyTorch's Linear stores it, y [R, out].
 */
export function dense(x: Tensor2D, weight: Tensor2D, options: DenseOptions = {}): Tensor2D {
  return hasKernel('Dense') ? own(x, weight, options) : composed(x, weight, options);
}

/**
 * A dense layer on top of something: y = f(base + x W^T + b), in one pass where a kernel of ours does it.
 *
 * @param base - [R, out]
 * @param activation - any but swish, whose derivative does not follow from its value
 */
export function denseOnto(
  base: Tensor2D,
  x: Tensor2D,
  weight: Tensor2D,
  {
    bias,
    activation = 'identity',
  }: { bias?: Tensor1D | undefined; activation?: Exclude<Activation, 'swish'> } = {},
): Tensor2D {
  if (!hasKernel('DenseOnto')) return activate(add(base, dense(x, weight, { bias })), activation);
  const curved = activation !== 'identity';
  const attributes = {
    activation: activationCode[activation],
    biasGradient: Number(bias !== undefined),
    inputGradient: 1,
    baseGradient: Number(curved),
  };
  return differentiable<Tensor2D, Tensor2D[]>(
    [weight, ...(bias ? [bias] : []), x, base],
    (save) => {
      const [y] = runKernel<Tensor2D[]>('DenseOnto', { base, x, weight, ...(bias && { bias }) }, attributes);
      save(x, weight, ...(curved ? [y] : []));
      return y;
    },
    (dy, [savedX, savedWeight, kept]) => {
      const inputs = { x: savedX, weight: savedWeight, dy, ...(kept && { kept }) };
      const gradients = runKernel<Tensor[]>('DenseGradient', inputs, attributes);
      return curved ? gradients : [...gradients, dy];
    },
  );
}

/** What the op is differentiable in, and the order its gradients come in. */
function inputsOf(x: Tensor2D, weight: Tensor2D, { bias, inputGradient = true }: DenseOptions): Tensor[] {
  return [weight, ...(bias ? [bias] : []), ...(inputGradient ? [x] : [])];
}

function own(x: Tensor2D, weight: Tensor2D, options: DenseOptions): Tensor2D {
  const { bias, activation = 'identity', inputGradient = true } = options;
  const attributes = {
    activation: activationCode[activation],
    biasGradient: Number(bias !== undefined),
    inputGradient: Number(inputGradient),
  };
  const keepsInput = activation !== 'identity' && kernelKeeps(activation) === 'input';
  return differentiable<Tensor2D, Tensor2D[]>(
    inputsOf(x, weight, options),
    (save) => {
      const [y, before] = runKernel<Tensor2D[]>('Dense', { x, weight, ...(bias && { bias }) }, attributes);
      save(x, weight, ...(activation === 'identity' ? [] : [keepsInput ? before : y]));
      return y;
    },
    (dy, [savedX, savedWeight, kept]) =>
      runKernel<Tensor[]>(
        'DenseGradient',
        { x: savedX, weight: savedWeight, dy, ...(kept && { kept }) },
        attributes,
      ),
  );
}

function composed(x: Tensor2D, weight: Tensor2D, options: DenseOptions): Tensor2D {
  const { bias, activation = 'identity', inputGradient = true } = options;
  const form = activation === 'identity' ? undefined : composedActivation[activation];
  return differentiable<Tensor2D, Tensor2D[]>(
    inputsOf(x, weight, options),
    (save) => {
      const { operand: b, transposed: transposeB } = flipped(weight);
      const product: Tensor2D = matMul(x, b, false, transposeB);
      const before = bias ? addBias(product, bias) : product;
      const { y, kept } = form ? form.apply(before) : { y: before, kept: [] };
      save(x, weight, ...(kept as Tensor2D[]));
      return y as Tensor2D;
    },
    (dy, [savedX, savedWeight, ...kept]) => {
      const dz = form ? (form.gradient(dy, kept) as Tensor2D) : dy;
      const { operand: a, transposed: transposeA } = flipped(dz);
      return [
        matMul(a, savedX, transposeA, false),
        ...(bias ? [columnSums(dz)] : []),
        ...(inputGradient ? [matMul(dz, savedWeight)] : []),
      ];
    },
  );
}

/** The stock wasm kernel takes ten times as long to multiply by a transposed operand as to transpose it first. */
function flipped(x: Tensor2D): { operand: Tensor2D; transposed: boolean } {
  return getBackend() === 'wasm'
    ? { operand: transpose(x), transposed: false }
    : { operand: x, transposed: true };
}
