import type { TensorInfo } from '@tensorflow/tfjs-core';
import { output, type WasmKernel } from './kernel.ts';
import type { WasmKernels } from './kernels.ts';

/** z [S, m n] from a [R, m] and b [R, n]: see outerSum. */
const outerSum: WasmKernel = (kernels, { a, b, start }) => {
  const [m, n] = [a.shape[1], b.shape[1]];
  const segments = start.shape[0] - 1;
  const z = output(kernels, [segments, m * n]);
  const scratch = kernels.scratch(kernels.run.gemmScratchBytes(n));
  const [aAt, bAt, startAt, zAt] = [a, b, start, z].map((tensor) => kernels.address(tensor));
  kernels.run.segmentOuter(aAt, bAt, startAt, zAt, segments, m, n, scratch);
  return z;
};

const outerSumGradient: WasmKernel = (kernels, { a, b, dz, start }) => {
  const [m, n] = [a.shape[1], b.shape[1]];
  const segments = start.shape[0] - 1;
  const da = output(kernels, a.shape);
  const db = output(kernels, b.shape);
  const scratch = kernels.scratch(kernels.run.gemmScratchBytes(Math.max(m, n)));
  const [aAt, bAt, dzAt, startAt] = [a, b, dz, start].map((tensor) => kernels.address(tensor));
  kernels.run.segmentRowsTimes(bAt, dzAt, 1, startAt, kernels.address(da), segments, m, n, scratch);
  kernels.run.segmentRowsTimes(aAt, dzAt, 0, startAt, kernels.address(db), segments, n, m, scratch);
  for (const gradient of [da, db]) clearRest(kernels, gradient, start);
  return [da, db];
};

/** Rows of no segment, as a batch without edges has one, get no value from the kernels: make them zero. */
function clearRest(kernels: WasmKernels, x: TensorInfo, start: TensorInfo): void {
  const { buffer } = kernels.backend.wasm.asm.memory;
  const [rows, width] = x.shape;
  const [used] = new Int32Array(buffer, kernels.address(start) + 4 * (start.shape[0] - 1), 1);
  new Float32Array(buffer, kernels.address(x), rows * width).fill(0, used * width);
}

export const segmentKernels = { OuterSum: outerSum, OuterSumGradient: outerSumGradient };
