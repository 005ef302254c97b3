import { grads, mul, sum, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

export interface Array32 {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Smooth, repeatable numbers in [-1, 1]. */
export function numbers(shape: readonly number[], seed: number): Array32 {
  const size = shape.reduce((product, width) => product * width, 1);
  return {
    shape,
    values: Float32Array.from({ length: size }, (_, i) => Math.sin(12.9898 * i + 7.31 * seed + 1)),
  };
}

function toTensor({ shape, values }: Array32): Tensor {
  return tensor(values, [...shape], 'float32');
}

type Op = (...inputs: Tensor[]) => Tensor;

/** Value and gradients of sum(weights * op(inputs)), with fixed uneven weights. */
export function valueAndGradients(op: Op, inputs: readonly Array32[]) {
  return tidy(() => {
    const tensors = inputs.map(toTensor);
    const out = op(...tensors);
    const weights = toTensor(numbers(out.shape, 99));
    const gradients = grads((...xs: Tensor[]) => sum(mul(op(...xs), weights)))(tensors);
    return {
      value: Array.from(out.dataSync()),
      gradients: gradients.map((g) => Array.from(g.dataSync())),
      shapes: gradients.map((g) => g.shape),
    };
  });
}

/** sum(weights * op(inputs)) in float64 from the op's float32 result. */
function weightedSum(op: Op, inputs: readonly Array32[]): number {
  const { shape, values } = tidy(() => {
    const result = op(...inputs.map(toTensor));
    return { shape: result.shape, values: Array.from(result.dataSync()) };
  });
  const weights = numbers(shape, 99).values;
  return values.reduce((total, value, i) => total + value * weights[i], 0);
}

/** Hold every gradient of an op to central differences of its value. */
export function expectGradients(op: Op, inputs: readonly Array32[], tolerance = 5e-3): void {
  const { gradients, shapes } = valueAndGradients(op, inputs);
  const step = 2 ** -6;
  inputs.forEach((input, which) => {
    expect(shapes[which], `shape of gradient ${which}`).toEqual(input.shape);
    for (let i = 0; i < input.values.length; i++) {
      const at = (offset: number) => {
        const values = input.values.slice();
        values[i] += offset;
        return weightedSum(
          op,
          inputs.map((other, k) => (k === which ? { ...other, values } : other)),
        );
      };
      const difference = (at(step) - at(-step)) / (2 * step);
      const error = Math.abs(gradients[which][i] - difference);
      expect(error, `input ${which}, element ${i}`).toBeLessThan(
        tolerance * Math.max(1, Math.abs(difference)),
      );
    }
  });
}

export function expectClose(actual: ArrayLike<number>, wanted: ArrayLike<number>, tolerance = 1e-5): void {
  expect(actual.length).toBe(wanted.length);
  for (let i = 0; i < wanted.length; i++) {
    const error = Math.abs(actual[i] - wanted[i]);
    expect(error, `element ${i}: ${actual[i]} for ${wanted[i]}`).toBeLessThanOrEqual(
      tolerance * Math.max(1, Math.abs(wanted[i])),
    );
  }
}
