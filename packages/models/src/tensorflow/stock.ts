import type { KernelConfig, KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import { betterKernel } from '../backend/kernels.ts';
import type { NativeOps } from './native.ts';

/** Better kernels for some of the package's own, so that models written with plain ops gain too. */
export function replacements(ops: NativeOps): KernelConfig[] {
  return [
    betterKernel('GatherV2', 'tensorflow', (stock) => gather(ops, stock)),
    betterKernel('BatchMatMul', 'tensorflow', (stock) => matMul(ops, stock)),
  ];
}

/**
 * Stock: reads every index back, from a graphics card too, and looks at each in JavaScript; a fifth of SchNet's step.
 * TensorFlow checks bounds by itself.
 */
function gather(ops: NativeOps, stock: KernelFunc): KernelFunc {
  return (call) => {
    const { x, indices } = call.inputs as { x: TensorInfo; indices: TensorInfo };
    const { axis = 0, batchDims = 0 } = (call.attrs ?? {}) as { axis?: number; batchDims?: number };
    const plain = axis === 0 && batchDims === 0 && x.dtype === 'float32' && indices.dtype === 'int32';
    return plain ? ops.gather(x, indices) : stock(call);
  };
}

/** From this length on of what is summed over, the batched product is the faster one by a second factor transposed. */
const longSum = 1024;

/** Stock: a batched product for plain matrices too, which takes a tenth longer, but for long sums (a third less). */
function matMul(ops: NativeOps, stock: KernelFunc): KernelFunc {
  return (call) => {
    const { a, b } = call.inputs as { a: TensorInfo; b: TensorInfo };
    const flat = a.shape.length === 2 && b.shape.length === 2;
    if (!flat || a.dtype !== 'float32' || b.dtype !== 'float32') return stock(call);
    const transposeA = call.attrs?.transposeA === true;
    const transposeB = call.attrs?.transposeB === true;
    if (transposeB && b.shape[1] >= longSum) return stock(call);
    return ops.matMul(a, b, transposeA, transposeB);
  };
}
