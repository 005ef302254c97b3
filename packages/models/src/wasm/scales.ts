import { output, type WasmKernel } from './kernel.ts';

/** y [T, N, O S] and scales [N, S] -> [N, T O] */
const sumScaled: WasmKernel = (kernels, { y, scales }) => {
  const [groups, rows, columns] = y.shape;
  const terms = scales.shape[1];
  const width = columns / terms;
  const out = output(kernels, [rows, groups * width]);
  const [yAt, scalesAt, outAt] = [y, scales, out].map((tensor) => kernels.address(tensor));
  kernels.run.sumScaled(yAt, scalesAt, outAt, groups, rows, width, terms);
  return out;
};

const sumScaledGradient: WasmKernel = (kernels, { dout, scales }, { groups }) => {
  const [rows, columns] = dout.shape;
  const terms = scales.shape[1];
  const width = columns / Number(groups);
  const dy = output(kernels, [Number(groups), rows, width * terms]);
  const [doutAt, scalesAt, dyAt] = [dout, scales, dy].map((tensor) => kernels.address(tensor));
  kernels.run.sumScaledGradient(doutAt, scalesAt, dyAt, Number(groups), rows, width, terms);
  return dy;
};

export const scaleKernels = { SumScaled: sumScaled, SumScaledGradient: sumScaledGradient };
