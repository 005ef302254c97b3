import { grad, mul, sum, type Tensor1D, tensor1d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../src/backend/node.ts';
import { zeros } from '../../src/parameters/initialisers.ts';
import { LayoutBuilder } from '../../src/parameters/layout.ts';
import { views } from '../../src/parameters/views.ts';
import { isAvailable, nodeBackends } from '../support/backends.ts';

const layout = new LayoutBuilder().linear('a', 2, 3, zeros, zeros).add('b', [1, 4], zeros).build();
const flat = Float32Array.from({ length: layout.size }, (_, i) => i);

describe.each(nodeBackends)('parameter views on %s', (backend) => {
  const works = it.skipIf(!isAvailable(backend));
  beforeAll(async () => {
    if (isAvailable(backend)) await startBackend(backend);
  });

  works('are the parts of the flat vector, in shape', () => {
    tidy(() => {
      const cut = views(tensor1d(flat), layout);
      expect(Object.keys(cut)).toEqual(['a.weight', 'a.bias', 'b']);
      expect(cut['a.weight'].arraySync()).toEqual([
        [0, 1],
        [2, 3],
        [4, 5],
      ]);
      expect(cut['a.bias'].arraySync()).toEqual([6, 7, 8]);
      expect(cut.b.arraySync()).toEqual([[9, 10, 11, 12]]);
    });
  });

  works('give one flat gradient, zero for a parameter that is not used', () => {
    const gradient = tidy(() =>
      grad((f) => {
        const cut = views(f as Tensor1D, layout);
        return sum(mul(cut['a.weight'], cut['a.weight'])).add(sum(cut.b));
      })(tensor1d(flat)).arraySync(),
    );
    expect(gradient).toEqual([0, 2, 4, 6, 8, 10, 0, 0, 0, 1, 1, 1, 1]);
  });

  works('refuse a vector of another length', () => {
    expect(() => tidy(() => views(tensor1d([1, 2]), layout))).toThrow('13 parameters, the vector 2');
  });
});
