import type { KernelConfig, KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import { betterKernel } from '../backend/kernels.ts';
import { cutUp, putTogether } from './copy.ts';
import { dense } from './dense.ts';
import type { GpuBackend } from './kernel.ts';
import { sine } from './sines.ts';

/**
 * Better kernels for some of TensorFlow.js's own ops on webgpu: two that move what lies in one piece (a flat vector cut
 * into parameters, and their gradients put together again; stock: a launch for each parameter, and one for every seven
 * gradients), products that the stock kernel gets wrong, and sines as exact as float32 is. What they do not cover goes on to the stock kernel.
 */
export function replacements(): KernelConfig[] {
  return [
    betterKernel('SplitV', 'webgpu', split),
    betterKernel('Concat', 'webgpu', concat),
    betterKernel('BatchMatMul', 'webgpu', longProduct),
    betterKernel('Sin', 'webgpu', (stock) => exactly(stock, 0)),
    betterKernel('Cos', 'webgpu', (stock) => exactly(stock, 1)),
  ];
}

const sizeOf = ({ shape }: TensorInfo) => shape.reduce((size, width) => size * width, 1);

/** Whether an axis is the outermost, so that what is cut along it stays in one piece. */
function outermost(axis: unknown, rank: number): boolean {
  return axis === 0 || axis === -rank;
}

/** Numbers on the device: few enough of them on the host are dealt with there. */
function copies(gpu: GpuBackend, tensors: readonly TensorInfo[]): boolean {
  const [{ dtype }] = tensors;
  const plain = dtype === 'float32' || dtype === 'int32';
  const alike = tensors.every((tensor) => tensor.dtype === dtype && sizeOf(tensor) > 0);
  return plain && alike && !gpu.shouldExecuteOnCPU([...tensors]);
}

function split(stock: KernelFunc): KernelFunc {
  return (call) => {
    const x = call.inputs.x as TensorInfo;
    const gpu = call.backend as unknown as GpuBackend;
    const asked = call.attrs?.numOrSizeSplits;
    const length = x.shape[0];
    const sizes = typeof asked === 'number' ? Array<number>(asked).fill(length / asked) : (asked as number[]);
    const listed = Array.isArray(sizes) && sizes.every((size) => Number.isInteger(size) && size > 0);
    if (!listed || !outermost(call.attrs?.axis, x.shape.length) || !copies(gpu, [x])) return stock(call);
    return cutUp(
      gpu,
      x,
      sizes.map((size) => [size, ...x.shape.slice(1)]),
    );
  };
}

function concat(stock: KernelFunc): KernelFunc {
  return (call) => {
    const pieces = Object.values(call.inputs) as TensorInfo[];
    const gpu = call.backend as unknown as GpuBackend;
    const [{ shape }] = pieces;
    if (pieces.length < 2 || !outermost(call.attrs?.axis, shape.length) || !copies(gpu, pieces)) {
      return stock(call);
    }
    const length = pieces.reduce((sum, piece) => sum + piece.shape[0], 0);
    return putTogether(gpu, pieces, [length, ...shape.slice(1)]);
  };
}

/** From so long an inner dimension the stock kernel may cut a product along it. */
const longest = 2000;

/**
 * The stock kernel that cuts a small product along its long inner dimension reads a transposed second operand from the
 * wrong places (TensorFlow.js 4.22: [15, 8192] by [64, 8192] transposed is off by 60 %). Ours instead, where it may be
 * taken: it is a dense layer.
 */
function longProduct(stock: KernelFunc): KernelFunc {
  return (call) => {
    const { a, b } = call.inputs as { a: TensorInfo; b: TensorInfo };
    const { transposeA, transposeB } = call.attrs ?? {};
    const [rows, inner] = a.shape.slice(-2);
    const single =
      sizeOf(a) === rows * inner && sizeOf(b) === b.shape[b.shape.length - 1] * b.shape[b.shape.length - 2];
    const numbers = a.dtype === 'float32' && b.dtype === 'float32';
    if (transposeA || !transposeB || inner < longest || !single || !numbers) return stock(call);
    const [columns] = b.shape.slice(-2);
    const x = { ...a, shape: [rows, inner] };
    const weight = { ...b, shape: [columns, inner] };
    const [y] = dense(call.backend as unknown as GpuBackend, { x, weight }, {}) as TensorInfo[];
    const batch = Math.max(a.shape.length, b.shape.length) - 2;
    return { ...y, shape: [...Array<number>(batch).fill(1), rows, columns] };
  };
}

function exactly(stock: KernelFunc, quarters: 0 | 1): KernelFunc {
  return (call) => {
    const x = call.inputs.x as TensorInfo;
    const empty = sizeOf(x) === 0;
    return empty || x.dtype !== 'float32'
      ? stock(call)
      : sine(call.backend as unknown as GpuBackend, x, quarters);
  };
}
