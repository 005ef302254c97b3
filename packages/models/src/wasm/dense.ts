import type { TensorInfo } from '@tensorflow/tfjs-core';
import { activationCode } from '../ops/activation.ts';
import { output, sizeOf, temporary, type WasmKernel } from './kernel.ts';
import type { WasmKernels } from './kernels.ts';

/** y = f(x W^T + b), and x W^T + b itself where f is swish, whose derivative needs it. */
const dense: WasmKernel = (kernels, { x, weight, bias }, { activation }) => {
  const [rows, fanIn] = x.shape;
  const [fanOut] = weight.shape;
  const y = output(kernels, [rows, fanOut]);
  const before = activation === activationCode.swish ? output(kernels, [rows, fanOut]) : undefined;
  const scratch = kernels.scratch(kernels.run.gemmScratchBytes(fanOut));
  kernels.run.dense(
    kernels.address(x),
    kernels.address(weight),
    bias ? kernels.address(bias) : 0,
    Number(activation),
    kernels.address(y),
    before ? kernels.address(before) : 0,
    rows,
    fanIn,
    fanOut,
    scratch,
  );
  return before ? [y, before] : [y];
};

/** From dz = f'(.) dy: dW = dz^T x, db = the sum of dz's rows, dx = dz W; the last two where they are asked for. */
function gradientsOf(
  kernels: WasmKernels,
  dz: TensorInfo,
  { x, weight }: { x: TensorInfo; weight: TensorInfo },
  wanted: { bias: boolean; input: boolean },
): TensorInfo[] {
  const [rows, fanIn] = x.shape;
  const [fanOut] = weight.shape;
  const [at, xAt, wAt] = [dz, x, weight].map((tensor) => kernels.address(tensor));
  const gradients = [output(kernels, weight.shape)];
  kernels.gemm(at, true, xAt, false, kernels.address(gradients[0]), fanOut, fanIn, rows);
  if (wanted.bias) {
    const db = output(kernels, [fanOut]);
    kernels.run.columnSums(at, kernels.address(db), rows, fanOut);
    gradients.push(db);
  }
  if (wanted.input) {
    const dx = output(kernels, x.shape);
    kernels.gemm(at, false, wAt, false, kernels.address(dx), rows, fanIn, fanOut);
    gradients.push(dx);
  }
  return gradients;
}

const denseGradient: WasmKernel = (kernels, { x, weight, dy, kept }, attributes) => {
  const wanted = { bias: attributes.biasGradient === 1, input: attributes.inputGradient === 1 };
  if (!kept) return gradientsOf(kernels, dy, { x, weight }, wanted);
  return temporary(kernels, dy.shape, (dz) => {
    const [keptAt, dyAt, dzAt] = [kept, dy, dz].map((tensor) => kernels.address(tensor));
    kernels.run.activateGradient(Number(attributes.activation), keptAt, dyAt, dzAt, sizeOf(dy));
    return gradientsOf(kernels, dz, { x, weight }, wanted);
  });
};

const activate: WasmKernel = (kernels, { x }, { activation }) => {
  const y = output(kernels, x.shape);
  kernels.run.activate(Number(activation), kernels.address(x), kernels.address(y), sizeOf(x));
  return y;
};

const activateGradient: WasmKernel = (kernels, { kept, dy }, { activation }) => {
  const dx = output(kernels, dy.shape);
  const [keptAt, dyAt, dxAt] = [kept, dy, dx].map((tensor) => kernels.address(tensor));
  kernels.run.activateGradient(Number(activation), keptAt, dyAt, dxAt, sizeOf(dy));
  return dx;
};

export const denseKernels = {
  Dense: dense,
  DenseGradient: denseGradient,
  Activate: activate,
  ActivateGradient: activateGradient,
};
