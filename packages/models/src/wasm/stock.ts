import type { KernelConfig, KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import { betterKernel } from '../backend/kernels.ts';
import { output, sizeOf } from './kernel.ts';
import type { WasmKernels } from './kernels.ts';

/**
 * Better kernels for three of TensorFlow.js's own ops on wasm, so that models written with plain ops gain too. What they
 * do not cover goes on to the stock kernel.
 */
export function replacements(kernels: WasmKernels): KernelConfig[] {
  return [
    betterKernel('BatchMatMul', 'wasm', (stock) => matMul(kernels, stock)),
    betterKernel('SplitV', 'wasm', (stock) => splitVector(kernels, stock)),
    betterKernel('Identity', 'wasm', () => shareData(kernels)),
  ];
}

/**
 * Stock: 28 GFLOP/s, and a tenth of that when an operand is transposed, as in every weight gradient. Ours: 47, either
 * way. The batch dimensions must be the same on both sides; broadcasting is left to the stock kernel.
 */
function matMul(kernels: WasmKernels, stock: KernelFunc): KernelFunc {
  return (call) => {
    const { a, b } = call.inputs as { a: TensorInfo; b: TensorInfo };
    const batch = a.shape.slice(0, -2);
    const same = batch.length === b.shape.length - 2 && batch.every((width, i) => width === b.shape[i]);
    const empty = sizeOf(a) === 0 || sizeOf(b) === 0;
    if (!same || empty || a.dtype !== 'float32' || b.dtype !== 'float32') return stock(call);
    const transposeA = call.attrs?.transposeA === true;
    const transposeB = call.attrs?.transposeB === true;
    const [aRows, aColumns] = a.shape.slice(-2);
    const [bRows, bColumns] = b.shape.slice(-2);
    const [m, k] = transposeA ? [aColumns, aRows] : [aRows, aColumns];
    const n = transposeB ? bRows : bColumns;
    const c = output(kernels, [...batch, m, n]);
    const [aAt, bAt, cAt] = [a, b, c].map((tensor) => kernels.address(tensor));
    const count = batch.reduce((product, width) => product * width, 1);
    const bytes = Float32Array.BYTES_PER_ELEMENT;
    for (let i = 0; i < count; i++) {
      const [from, by, to] = [aAt + i * m * k * bytes, bAt + i * k * n * bytes, cAt + i * m * n * bytes];
      kernels.gemm(from, transposeA, by, transposeB, to, m, n, k);
    }
    return c;
  };
}

/**
 * Stock: the whole tensor is copied out of the heap once for every piece, 136 ms to cut SchNet's 455,809 parameters
 * into 57. Ours copies each piece once, for vectors.
 */
function splitVector(kernels: WasmKernels, stock: KernelFunc): KernelFunc {
  return (call) => {
    const x = call.inputs.x as TensorInfo;
    const sizes = call.attrs?.numOrSizeSplits;
    const listed = Array.isArray(sizes) && sizes.every((size) => typeof size === 'number' && size >= 0);
    if (!listed || x.shape.length !== 1 || x.dtype !== 'float32') return stock(call);
    const pieces = sizes.map((size) => output(kernels, [Number(size)]));
    // The view of the heap is made only now: memory moves when an allocation makes it grow.
    const heap = new Float32Array(kernels.backend.wasm.asm.memory.buffer);
    let from = kernels.address(x) / heap.BYTES_PER_ELEMENT;
    for (const piece of pieces) {
      const [size] = piece.shape;
      heap.copyWithin(kernels.address(piece) / heap.BYTES_PER_ELEMENT, from, from + size);
      from += size;
    }
    return pieces;
  };
}

/** Stock: a copy of every tensor that is kept for a gradient. Ours, as on the cpu backend: the same data, counted once more. */
function shareData({ backend }: WasmKernels): KernelFunc {
  return ({ inputs }) => {
    const x = inputs.x as TensorInfo;
    backend.incRef(x.dataId);
    return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
  };
}
