import { output, temporary, type WasmKernel } from './kernel.ts';

/** x [R, F], r [R, K] and weight [F, K] -> [R, F] */
const radialProduct: WasmKernel = (kernels, { x, r, weight }) => {
  const [rows, features] = x.shape;
  const terms = r.shape[1];
  const y = output(kernels, x.shape);
  temporary(kernels, [terms, features], (flipped) => {
    const [xAt, rAt, weightAt, yAt] = [x, r, weight, y].map((tensor) => kernels.address(tensor));
    const flippedAt = kernels.address(flipped);
    kernels.run.transposed(weightAt, flippedAt, features, terms);
    kernels.run.radialProduct(xAt, rAt, flippedAt, yAt, rows, features, terms);
  });
  return y;
};

const radialProductGradient: WasmKernel = (kernels, { x, r, weight, dy }) => {
  const [rows, features] = x.shape;
  const terms = r.shape[1];
  const gradients = [x, r, weight].map(({ shape }) => output(kernels, shape));
  temporary(kernels, [2 * terms, features], (flipped) => {
    const at = [x, r, weight, dy, ...gradients].map((tensor) => kernels.address(tensor));
    const [xAt, rAt, weightAt, dyAt, dxAt, drAt, dweightAt] = at;
    const flippedAt = kernels.address(flipped);
    const dflippedAt = flippedAt + 4 * terms * features;
    kernels.run.transposed(weightAt, flippedAt, features, terms);
    kernels.run.radialProductGradient(
      xAt,
      rAt,
      flippedAt,
      dyAt,
      dxAt,
      drAt,
      dflippedAt,
      rows,
      features,
      terms,
    );
    kernels.run.transposed(dflippedAt, dweightAt, terms, features);
  });
  return gradients;
};

export const radialKernels = { RadialProduct: radialProduct, RadialProductGradient: radialProductGradient };
