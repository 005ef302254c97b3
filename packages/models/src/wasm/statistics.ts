import { output, type WasmKernel } from './kernel.ts';

const neighbourStatistics: WasmKernel = (kernels, inputs, { groups, form, floor }) => {
  const { base, x, bonds, source, bond, start } = inputs;
  const [atoms, features] = x.shape;
  const towers = Number(groups);
  const out = output(kernels, [towers, atoms, (4 * features) / towers]);
  const at = [base, x, bonds, source, bond, start, out].map((tensor) => kernels.address(tensor));
  const [baseAt, xAt, bondsAt, sourceAt, bondAt, startAt, outAt] = at;
  kernels.run.neighbourStatistics(
    baseAt,
    xAt,
    bondsAt,
    sourceAt,
    bondAt,
    startAt,
    outAt,
    atoms,
    towers,
    features / towers,
    Number(form),
    Number(floor),
  );
  return out;
};

const neighbourStatisticsGradient: WasmKernel = (kernels, inputs, { groups, form, floor }) => {
  const { x, bonds, source, bond, start, dout } = inputs;
  const [atoms, features] = x.shape;
  const [bondTypes] = bonds.shape;
  const towers = Number(groups);
  const gradients = [x, x, bonds].map(({ shape }) => output(kernels, shape));
  const at = [x, bonds, source, bond, start, dout, ...gradients].map((tensor) => kernels.address(tensor));
  const [xAt, bondsAt, sourceAt, bondAt, startAt, doutAt, dbaseAt, dxAt, dbondsAt] = at;
  kernels.run.neighbourStatisticsGradient(
    xAt,
    bondsAt,
    sourceAt,
    bondAt,
    startAt,
    doutAt,
    dbaseAt,
    dxAt,
    dbondsAt,
    atoms,
    bondTypes,
    towers,
    features / towers,
    Number(form),
    Number(floor),
  );
  return gradients;
};

export const statisticsKernels = {
  NeighbourStatistics: neighbourStatistics,
  NeighbourStatisticsGradient: neighbourStatisticsGradient,
};
