import { output, type WasmKernel } from './kernel.ts';

const gruGates: WasmKernel = (kernels, { x, h, state }) => {
  const [rows, features] = state.shape;
  const out = output(kernels, state.shape);
  const [xAt, hAt, stateAt, outAt] = [x, h, state, out].map((tensor) => kernels.address(tensor));
  kernels.run.gruGates(xAt, hAt, stateAt, outAt, rows, features);
  return out;
};

const gruGatesGradient: WasmKernel = (kernels, { x, h, state, dy }) => {
  const [rows, features] = state.shape;
  const gradients = [x, h, state].map(({ shape }) => output(kernels, shape));
  const at = [x, h, state, dy, ...gradients].map((tensor) => kernels.address(tensor));
  kernels.run.gruGatesGradient(at[0], at[1], at[2], at[3], at[4], at[5], at[6], rows, features);
  return gradients;
};

export const gateKernels = { GruGates: gruGates, GruGatesGradient: gruGatesGradient };
