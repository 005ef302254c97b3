import type { Initialiser } from '../model.ts';

/**
 * How PyTorch and PyG start parameters. Shapes are PyTorch's: a weight is [out, in].
 */

export function constant(value: number): Initialiser {
  return (values) => values.fill(value);
}

export const zeros = constant(0);

/** U(-bound, bound) */
export function uniform(bound: number): Initialiser {
  return (values, _shape, random) => {
    for (let i = 0; i < values.length; i++) values[i] = bound * (2 * random() - 1);
  };
}

/** U(-b, b), b = 1 / sqrt(in): weights of a Linear where nothing else is said. */
export const fanInUniform: Initialiser = (values, shape, random) => {
  uniform(1 / Math.sqrt(shape[1]))(values, shape, random);
};

/** N(0, 1), by the Box-Muller transform; PyTorch's Embedding. */
export const normal: Initialiser = (values, _shape, random) => {
  for (let i = 0; i < values.length; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    const angle = 2 * Math.PI * random();
    values[i] = radius * Math.cos(angle);
    if (i + 1 < values.length) values[i + 1] = radius * Math.sin(angle);
  }
};

/** N(0, 1) with row 0 zero: an Embedding with padding_idx 0. */
export const normalButFirstRow: Initialiser = (values, shape, random) => {
  normal(values, shape, random);
  values.fill(0, 0, values.length / shape[0]);
};

/** U(-b, b), b = sqrt(6 / (in + out)): Glorot and Bengio (2010), equation 16. */
export const xavierUniform: Initialiser = (values, shape, random) => {
  const [fanOut, fanIn] = shape;
  uniform(Math.sqrt(6 / (fanIn + fanOut)))(values, shape, random);
};

/** Values given beforehand, as many as the parameter has. */
export function given(start: ArrayLike<number>): Initialiser {
  return (values) => values.set(start);
}
