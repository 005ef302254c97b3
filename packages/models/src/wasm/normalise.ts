import { output, type WasmKernel } from './kernel.ts';

const columnMoments: WasmKernel = (kernels, { x }) => {
  const [rows, columns] = x.shape;
  const moments = [output(kernels, [columns]), output(kernels, [columns])];
  const [xAt, meanAt, varianceAt] = [x, ...moments].map((tensor) => kernels.address(tensor));
  kernels.run.columnMoments(xAt, meanAt, varianceAt, rows, columns);
  return moments;
};

const normaliseColumns: WasmKernel = (kernels, { x, mean, inverse, scale, shift }) => {
  const [rows, columns] = x.shape;
  const y = output(kernels, x.shape);
  const at = [x, mean, inverse, scale, shift, y].map((tensor) => kernels.address(tensor));
  kernels.run.normaliseColumns(at[0], at[1], at[2], at[3], at[4], at[5], rows, columns);
  return y;
};

const normaliseColumnsGradient: WasmKernel = (kernels, { x, mean, inverse, scale, y, dy }, { moving }) => {
  const [rows, columns] = x.shape;
  const gradients = [output(kernels, x.shape), output(kernels, [columns]), output(kernels, [columns])];
  const at = [x, mean, inverse, scale, y, dy, ...gradients].map((tensor) => kernels.address(tensor));
  const [xAt, meanAt, inverseAt, scaleAt, yAt, dyAt, dxAt, dscaleAt, dshiftAt] = at;
  kernels.run.normaliseColumnsGradient(
    xAt,
    meanAt,
    inverseAt,
    scaleAt,
    yAt,
    dyAt,
    dxAt,
    dscaleAt,
    dshiftAt,
    rows,
    columns,
    Number(moving),
  );
  return gradients;
};

export const normaliseKernels = {
  ColumnMoments: columnMoments,
  NormaliseColumns: normaliseColumns,
  NormaliseColumnsGradient: normaliseColumnsGradient,
};
