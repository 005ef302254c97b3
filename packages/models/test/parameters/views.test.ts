import { grad, memory, mul, sum, type Tensor1D, tensor1d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../src/backend/node.ts';
import type { ParameterViews } from '../../src/model.ts';
import { zeros } from '../../src/parameters/initialisers.ts';
import { LayoutBuilder } from '../../src/parameters/layout.ts';
import { gradientByEntry, orderOfUse, views } from '../../src/parameters/views.ts';
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

  /** Takes b up first and a.bias never; uses b again at the end. */
  const body = (p: ParameterViews) => sum(mul(sum(mul(p.b, p.b)), p['a.weight'])).add(sum(p.b));

  works('are listed in the order in which they are taken up, those that are not left out', () => {
    expect(tidy(() => orderOfUse(tensor1d(flat), layout, body))).toEqual([2, 0]);
  });

  works(
    'give the gradient of each as soon as it is whole, the last taken up first, and the same bits',
    () => {
      const before = memory().numTensors;
      const told: [place: number, gradient: number[], tensors: number][] = [];
      const { value, byPlace } = tidy(() => {
        const { value, gradients } = gradientByEntry(tensor1d(flat), layout, body, (place, gradient) =>
          told.push([place, gradient.arraySync(), gradient.shape.length]),
        );
        return {
          value: value.arraySync(),
          byPlace: gradients.map((gradient) => gradient?.arraySync() as number[] | undefined),
        };
      });
      const whole = tidy(() => grad((f) => body(views(f as Tensor1D, layout)))(tensor1d(flat)).arraySync());
      expect(told).toEqual([
        [0, (whole as number[]).slice(0, 6), 1],
        [2, (whole as number[]).slice(9), 1],
      ]);
      expect(byPlace).toEqual([(whole as number[]).slice(0, 6), undefined, (whole as number[]).slice(9)]);
      expect(value).toBe(tidy(() => body(views(tensor1d(flat), layout)).arraySync()));
      expect(memory().numTensors).toBe(before);
    },
  );
});
