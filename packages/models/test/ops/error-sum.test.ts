import { type Tensor, type Tensor1D, tensor1d } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../src/backend/node.ts';
import { type ErrorKind, errorSum } from '../../src/ops/error-sum.ts';
import { isAvailable, nodeBackends } from '../support/backends.ts';
import { expectClose, expectGradients, numbers, valueAndGradients } from '../support/gradients.ts';

const targets = numbers([9], 1).values;
const weights = targets.map((_, m) => m % 3);
const op = (kind: ErrorKind) => (predictions: Tensor) =>
  errorSum(kind, predictions as Tensor1D, tensor1d(targets), tensor1d(weights));

describe.each(nodeBackends)('sums of errors on %s', (backend) => {
  const works = it.skipIf(!isAvailable(backend));
  beforeAll(async () => {
    if (isAvailable(backend)) await startBackend(backend);
  });

  works('are the sums of w e^2 and of w |e|', () => {
    const predictions = numbers([9], 2);
    const errors = predictions.values.map((y, m) => y - targets[m]);
    const sum = (of: (e: number) => number) => [
      errors.reduce((total, e, m) => total + weights[m] * of(e), 0),
    ];
    expectClose(
      valueAndGradients(op('square'), [predictions]).value,
      sum((e) => e * e),
      1e-6,
    );
    expectClose(valueAndGradients(op('absolute'), [predictions]).value, sum(Math.abs), 1e-6);
  });

  works('have slopes for gradients, and 0 where there is no error', () => {
    expectGradients(op('square'), [numbers([9], 2)]);
    const { gradients } = valueAndGradients(op('absolute'), [{ shape: [9], values: targets }]);
    expect(gradients[0].every((g) => g === 0)).toBe(true);
  });
});
