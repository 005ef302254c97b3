import { tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../src/backend/node.ts';
import { linear, parameter } from '../src/layers.ts';

describe('layers by name', () => {
  beforeAll(() => startBackend('cpu'));

  it('take the weight, and the bias where there is one', () => {
    tidy(() => {
      const weight = tensor2d([[1, 2]]);
      const x = tensor2d([[3, 4]]);
      expect(linear({ 'a.weight': weight, 'a.bias': tensor1d([5]) }, 'a', x).arraySync()).toEqual([[16]]);
      expect(linear({ 'a.weight': weight }, 'a', x).arraySync()).toEqual([[11]]);
    });
  });

  it('name a parameter that is not there', () => {
    expect(() => parameter({}, 'lin1.weight')).toThrow('There is no parameter "lin1.weight".');
  });
});
