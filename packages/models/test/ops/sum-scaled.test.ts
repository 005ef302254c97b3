import { type Tensor, type Tensor3D, tensor2d } from '@tensorflow/tfjs-core';
import { beforeAll, describe, it } from 'vitest';
import { startBackend } from '../../src/backend/node.ts';
import { withComposedOps } from '../../src/ops/op.ts';
import { sumScaled } from '../../src/ops/sum-scaled.ts';
import { isAvailable, nodeBackends } from '../support/backends.ts';
import { expectClose, expectGradients, numbers, valueAndGradients } from '../support/gradients.ts';

const [groups, rows, width, terms] = [2, 4, 5, 3];
const scales = numbers([rows, terms], 7).values;
const y = numbers([groups, rows, width * terms], 1);
const op = (x: Tensor) => sumScaled(x as Tensor3D, tensor2d(scales, [rows, terms]));

describe.each(nodeBackends)('scaled sums on %s', (backend) => {
  const works = it.skipIf(!isAvailable(backend));
  beforeAll(async () => {
    if (isAvailable(backend)) await startBackend(backend);
  });

  works('are sums over terms, the groups side by side', () => {
    const wanted: number[] = [];
    for (let n = 0; n < rows; n++)
      for (let g = 0; g < groups; g++)
        for (let o = 0; o < width; o++) {
          const from = ((g * rows + n) * width + o) * terms;
          let sum = 0;
          for (let s = 0; s < terms; s++) sum += scales[n * terms + s] * y.values[from + s];
          wanted.push(sum);
        }
    expectClose(valueAndGradients(op, [y]).value, wanted, 1e-6);
  });

  works('have slopes for gradients', () => expectGradients(op, [y]));
});

describe('our kernels of scaled sums', () => {
  beforeAll(() => startBackend('wasm'));

  it('give what the composed form gives', () => {
    const own = valueAndGradients(op, [y]);
    const composed = withComposedOps(() => valueAndGradients(op, [y]));
    expectClose(own.value, composed.value, 1e-6);
    expectClose(own.gradients[0], composed.gradients[0], 1e-6);
  });
});
