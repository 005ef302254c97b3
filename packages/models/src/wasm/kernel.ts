import type { NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import { outOfMemory, type WasmKernels } from './kernels.ts';

export type Inputs = Readonly<Record<string, TensorInfo>>;

/** A kernel of ours on the wasm backend: from tensors in its memory to new ones there. */
export type WasmKernel = (
  kernels: WasmKernels,
  inputs: Inputs,
  attributes: NamedAttrMap,
) => TensorInfo | TensorInfo[];

/** A new tensor, its contents undefined. @throws Error where memory is used up; the stock backend would write to 0 */
export function output(kernels: WasmKernels, shape: readonly number[]): TensorInfo {
  const tensor = kernels.backend.makeOutput([...shape], 'float32');
  if (kernels.address(tensor) === 0) throw new Error(outOfMemory);
  return tensor;
}

/** A tensor that lives while `use` runs. */
export function temporary<R>(kernels: WasmKernels, shape: readonly number[], use: (t: TensorInfo) => R): R {
  const tensor = output(kernels, shape);
  const result = use(tensor);
  kernels.backend.disposeData(tensor.dataId);
  return result;
}

export function sizeOf({ shape }: TensorInfo): number {
  return shape.reduce((size, width) => size * width, 1);
}
