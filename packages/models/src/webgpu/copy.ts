import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import type { GpuBackend } from './kernel.ts';

/** Parts of tensors moved by the device's own copy commands: nothing is launched for them. */

interface Move {
  readonly from: TensorInfo;
  readonly fromElement: number;
  readonly to: TensorInfo;
  readonly toElement: number;
  readonly elements: number;
}

/** All that WebGPU computes with here is 4 bytes wide. */
const elementBytes = 4;

const sizeOf = (shape: readonly number[]) => shape.reduce((size, width) => size * width, 1);

function move(gpu: GpuBackend, moves: readonly Move[]): void {
  const bufferOf = ({ dataId }: TensorInfo) => {
    gpu.uploadToGPU(dataId);
    const { resource } = gpu.tensorMap.get(dataId);
    if (!resource) throw new Error('a tensor of the WebGPU backend has no buffer');
    return resource;
  };
  const buffers = moves.map(({ from, to }) => [bufferOf(from), bufferOf(to)] as const);
  // What writes the tensors that are copied comes first.
  gpu.ensureCommandEncoderReady();
  gpu.endComputePassEncoder();
  gpu.submitQueue();
  const commands = gpu.device.createCommandEncoder();
  moves.forEach(({ fromElement, toElement, elements }, k) => {
    const [from, to] = buffers[k];
    const bytes = elementBytes * elements;
    commands.copyBufferToBuffer(from, fromElement * elementBytes, to, toElement * elementBytes, bytes);
  });
  gpu.queue.submit([commands.finish()]);
}

/** Pieces of a tensor, one after the other, as tensors of these shapes. None may be empty. */
export function cutUp(gpu: GpuBackend, x: TensorInfo, shapes: readonly (readonly number[])[]): TensorInfo[] {
  const pieces = shapes.map((shape) => gpu.makeTensorInfo([...shape], x.dtype as DataType & 'float32'));
  let fromElement = 0;
  const moves = pieces.map((to) => {
    const elements = sizeOf(to.shape);
    const piece = { from: x, fromElement, to, toElement: 0, elements };
    fromElement += elements;
    return piece;
  });
  move(gpu, moves);
  return pieces;
}

/** Tensors one after the other in a new one of this shape. None may be empty. */
export function putTogether(
  gpu: GpuBackend,
  pieces: readonly TensorInfo[],
  shape: readonly number[],
): TensorInfo {
  const to = gpu.makeTensorInfo([...shape], pieces[0].dtype as DataType & 'float32');
  let toElement = 0;
  const moves = pieces.map((from) => {
    const elements = sizeOf(from.shape);
    const piece = { from, fromElement: 0, to, toElement, elements };
    toElement += elements;
    return piece;
  });
  move(gpu, moves);
  return to;
}
