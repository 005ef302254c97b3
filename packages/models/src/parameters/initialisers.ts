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

/** N(0, deviation^2) */
export function scaledNormal(deviation: number): Initialiser {
  return (values, shape, random) => {
    normal(values, shape, random);
    for (let i = 0; i < values.length; i++) values[i] *= deviation;
  };
}

/**
 * A matrix with orthonormal rows (or columns, the fewer of the two) times sqrt(2 / ((in + out) v)), v the unbiased
 * variance of its elements: PyG's glorot_orthogonal, after the authors of DimeNet.
 */
export const glorotOrthogonal: Initialiser = (values, shape, random) => {
  const [rows, columns] = shape;
  normal(values, shape, random);
  const [count, length] = rows <= columns ? [rows, columns] : [columns, rows];
  // Vector v has its element k at at(v, k).
  const at =
    rows <= columns ? (v: number, k: number) => v * columns + k : (v: number, k: number) => k * columns + v;
  const vectors = Array.from({ length: count }, (_, v) =>
    Float64Array.from({ length }, (_, k) => values[at(v, k)]),
  );
  orthonormalise(vectors);
  vectors.forEach((vector, v) => {
    for (let k = 0; k < length; k++) values[at(v, k)] = vector[k];
  });
  const size = rows * columns;
  const mean = values.reduce((sum, value) => sum + value, 0) / size;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (size - 1);
  const scale = Math.sqrt(2 / ((rows + columns) * variance));
  for (let i = 0; i < size; i++) values[i] *= scale;
};

/** Gram and Schmidt, in place: vectors of normal numbers are far enough from dependent for one pass in float64. */
function orthonormalise(vectors: readonly Float64Array[]): void {
  for (const [v, vector] of vectors.entries()) {
    for (let u = 0; u < v; u++) {
      const other = vectors[u];
      let dot = 0;
      for (let k = 0; k < vector.length; k++) dot += vector[k] * other[k];
      for (let k = 0; k < vector.length; k++) vector[k] -= dot * other[k];
    }
    let squares = 0;
    for (const value of vector) squares += value * value;
    const length = Math.sqrt(squares);
    for (let k = 0; k < vector.length; k++) vector[k] /= length;
  }
}

/** Values given beforehand, as many as the parameter has. */
export function given(start: ArrayLike<number>): Initialiser {
  return (values) => values.set(start);
}
