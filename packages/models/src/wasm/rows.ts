import { output, type WasmKernel } from './kernel.ts';

const combineRows: WasmKernel = (kernels, { x, index, weight }) => {
  const [rows, terms] = index.shape;
  const width = x.shape[1];
  const out = output(kernels, [rows, width]);
  const [xAt, indexAt, weightAt, outAt] = [x, index, weight, out].map((tensor) => kernels.address(tensor));
  kernels.run.combineRows(xAt, indexAt, weightAt, outAt, rows, terms, width);
  return out;
};

const combineRowsGradient: WasmKernel = (kernels, { dy, index, weight }, { sources }) => {
  const [rows, terms] = index.shape;
  const width = dy.shape[1];
  const dx = output(kernels, [Number(sources), width]);
  const [dyAt, indexAt, weightAt, dxAt] = [dy, index, weight, dx].map((tensor) => kernels.address(tensor));
  kernels.run.spreadRows(dyAt, indexAt, weightAt, dxAt, rows, terms, Number(sources), width);
  return dx;
};

export const rowKernels = { CombineRows: combineRows, CombineRowsGradient: combineRowsGradient };
