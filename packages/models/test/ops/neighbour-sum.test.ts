import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, it } from 'vitest';
import { startBackend } from '../../src/backend/node.ts';
import { neighbourSum, pairCount, uploadPairs } from '../../src/ops/neighbour-sum.ts';
import { withComposedOps } from '../../src/ops/op.ts';
import { isAvailable, nodeBackends } from '../support/backends.ts';
import { expectClose, expectGradients, numbers, valueAndGradients } from '../support/gradients.ts';
import { batchOf, cloud } from '../support/molecules.ts';

// Three molecules, the middle one a single atom; the radius leaves pairs of the last one out.
const batch = batchOf([cloud(4, 1), cloud(1, 2), cloud(6, 3)], { kind: 'radius', cutoff: 2.1 });
const scale = numbers([batch.pairs], 5).values;
const convolve = (x: Tensor, filter: Tensor) =>
  neighbourSum(x as Tensor2D, filter as Tensor2D, uploadPairs(batch, scale));

const inputs = (width: number) => [numbers([batch.atoms, width], 1), numbers([batch.pairs, width], 2)];

describe.each(nodeBackends)('sums over neighbours on %s', (backend) => {
  const works = it.skipIf(!isAvailable(backend));
  beforeAll(async () => {
    if (isAvailable(backend)) await startBackend(backend);
  });

  works('are sums over edges', () => {
    const width = 5;
    const [x, filter] = inputs(width);
    const wanted = new Float64Array(batch.atoms * width);
    for (let e = 0; e < batch.edges; e++) {
      for (let f = 0; f < width; f++) {
        const [i, j, p] = [batch.target[e], batch.source[e], batch.pairOf[e]];
        wanted[i * width + f] += x.values[j * width + f] * filter.values[p * width + f] * scale[p];
      }
    }
    expectClose(valueAndGradients(convolve, [x, filter]).value, wanted, 1e-6);
  });

  works('have slopes for gradients', () => expectGradients(convolve, inputs(3)));

  works('of a batch without pairs are zero', () => {
    const lonely = batchOf([cloud(1, 1), cloud(1, 2)], { kind: 'complete' });
    const graph = () => uploadPairs(lonely, new Float32Array(0));
    const { value, gradients } = valueAndGradients(
      (x, filter) => neighbourSum(x as Tensor2D, filter as Tensor2D, graph()),
      [numbers([2, 4], 1), numbers([pairCount(lonely), 4], 2)],
    );
    expectClose(value, new Float32Array(8), 0);
    expectClose(gradients[1], new Float32Array(4), 0);
  });
});

describe('our kernels of sums over neighbours', () => {
  beforeAll(() => startBackend('wasm'));

  it.each([1, 4, 17, 64])('give what the composed form gives with %i features', (width) => {
    const own = valueAndGradients(convolve, inputs(width));
    const composed = withComposedOps(() => valueAndGradients(convolve, inputs(width)));
    expectClose(own.value, composed.value, 1e-5);
    expectClose(own.gradients[0], composed.gradients[0], 1e-5);
    expectClose(own.gradients[1], composed.gradients[1], 1e-5);
  });
});
