import {
  getBackend,
  grads,
  matMul,
  setBackend,
  softplus,
  sum,
  type Tensor2D,
  tensor2d,
} from '@tensorflow/tfjs-core';

const rows = 24;
const inner = 16;
const columns = 20;
const tolerance = 1e-4;

/**
 * Compute a product and its gradients on a backend that has been loaded, and compare them with plain loops in float64:
 * what an installation is checked by.
 *
 * @returns the largest difference, relative to the largest value
 * @throws Error where it is more than 1e-4
 */
export async function exercise(backend: string): Promise<number> {
  const before = getBackend();
  await setBackend(backend);
  const a = numbers(rows * inner, 3);
  const b = numbers(inner * columns, 5);
  const x = tensor2d(Float32Array.from(a), [rows, inner]);
  const w = tensor2d(Float32Array.from(b), [inner, columns]);
  const gradients = grads((...inputs) => sum(softplus(matMul(inputs[0] as Tensor2D, inputs[1] as Tensor2D))))(
    [x, w],
  );
  const wanted = reference(a, b);
  // Not dataSync: WebGPU's values come later.
  const found = await Promise.all(gradients.map((gradient) => gradient.data<'float32'>()));
  const difference = Math.max(...found.map((values, k) => relative(values, wanted[k]!)));
  for (const tensor of [x, w, ...gradients]) tensor.dispose();
  if (before !== undefined && before !== '') await setBackend(before);
  if (!(difference <= tolerance)) {
    throw new Error(
      `the backend "${backend}" computes a gradient that is off by ${difference.toExponential(1)}`,
    );
  }
  return difference;
}

/** Numbers between -1 and 1 that follow no pattern. */
function numbers(count: number, seed: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) =>
    Math.fround(Math.sin(seed + 12.9898 * i * (i + seed))),
  );
}

/** d/da and d/db of sum(softplus(a b)): the sigmoid of a b, times the other. */
function reference(a: Float64Array, b: Float64Array): [Float64Array, Float64Array] {
  const da = new Float64Array(a.length);
  const db = new Float64Array(b.length);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      let product = 0;
      for (let k = 0; k < inner; k++) product += a[i * inner + k]! * b[k * columns + j]!;
      const slope = 1 / (1 + Math.exp(-product));
      for (let k = 0; k < inner; k++) {
        da[i * inner + k]! += slope * b[k * columns + j]!;
        db[k * columns + j]! += slope * a[i * inner + k]!;
      }
    }
  }
  return [da, db];
}

function relative(found: ArrayLike<number>, wanted: Float64Array): number {
  let difference = 0;
  let largest = 0;
  for (let i = 0; i < wanted.length; i++) {
    difference = Math.max(difference, Math.abs(found[i]! - wanted[i]!));
    largest = Math.max(largest, Math.abs(wanted[i]!));
  }
  return difference / largest;
}
