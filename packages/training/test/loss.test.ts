import { grad, type Tensor1D, tensor1d } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { lossSum } from '../src/loss.ts';
import { startTestBackend } from './backend.ts';

beforeAll(() => startTestBackend());

const targets = () => tensor1d([1, 2, 3, 4]);
const predictions = () => tensor1d([1.5, 0, 3, 10]);
const weights = () => tensor1d([1, 1, 1, 0]);
const gradientOf = (kind: 'mse' | 'l1') =>
  grad((p) => lossSum(kind, p as Tensor1D, targets(), weights()))(predictions()).dataSync();

describe('the loss sum', () => {
  it('is the sum of squares or of absolute values, without what weighs nothing', () => {
    expect(lossSum('mse', predictions(), targets(), weights()).dataSync()).toEqual(Float32Array.of(4.25));
    expect(lossSum('l1', predictions(), targets(), weights()).dataSync()).toEqual(Float32Array.of(2.5));
  });

  it("has the gradient 2 w e for squares and w sign(e) for absolute values, 0 at e = 0 as PyTorch's", () => {
    expect([...gradientOf('mse')]).toEqual([1, -4, 0, 0]);
    expect([...gradientOf('l1')].map((g) => g + 0)).toEqual([1, -1, 0, 0]);
  });
});
