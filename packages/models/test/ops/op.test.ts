import { grad, mul, sum, type Tensor, tensor1d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../src/backend/node.ts';
import { betweenGradients, differentiable } from '../../src/ops/op.ts';

beforeAll(() => startBackend('cpu'));

/** x^2 with a gradient of its own. */
const square = (x: Tensor) =>
  differentiable<Tensor, [Tensor]>(
    [x],
    (save) => {
      save(x);
      return mul(x, x);
    },
    (dy, [kept]) => [mul(dy, mul(kept, 2))],
  );

const gradient = () => tidy(() => grad((x) => sum(square(square(x))))(tensor1d([1, 2])).arraySync());

describe('between the gradients of ops', () => {
  it('there is a call back after each, and none once the body is over', () => {
    let calls = 0;
    const result = betweenGradients(() => calls++, gradient);
    expect(result).toEqual([4, 32]);
    expect(calls).toBe(2);
    gradient();
    expect(calls).toBe(2);
  });

  it('there is none either after a body that threw, and an outer one is called again', () => {
    let [outer, inner] = [0, 0];
    betweenGradients(
      () => outer++,
      () => {
        const fails = () =>
          betweenGradients(() => {
            inner++;
            throw new Error('a peer is lost');
          }, gradient);
        expect(fails).toThrow('a peer is lost');
        gradient();
      },
    );
    expect([outer, inner]).toEqual([2, 1]);
  });
});
