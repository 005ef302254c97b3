import { output, type WasmKernel } from './kernel.ts';

const neighbourSum: WasmKernel = (kernels, { x, filter, scale, source, pair, start }) => {
  const [atoms, features] = x.shape;
  const out = output(kernels, x.shape);
  const at = [x, filter, scale, source, pair, start, out].map((tensor) => kernels.address(tensor));
  const [xAt, filterAt, scaleAt, sourceAt, pairAt, startAt, outAt] = at;
  kernels.run.filterSum(xAt, filterAt, scaleAt, sourceAt, pairAt, startAt, outAt, atoms, features);
  return out;
};

const neighbourSumFilterGradient: WasmKernel = (kernels, { x, dy, scale, atoms }) => {
  const [pairs] = atoms.shape;
  const features = x.shape[1];
  const dfilter = output(kernels, [pairs, features]);
  const at = [x, dy, scale, atoms, dfilter].map((tensor) => kernels.address(tensor));
  kernels.run.filterSumFilterGradient(at[0], at[1], at[2], at[3], at[4], pairs, features);
  return dfilter;
};

export const neighbourSumKernels = {
  NeighbourSum: neighbourSum,
  NeighbourSumFilterGradient: neighbourSumFilterGradient,
};
