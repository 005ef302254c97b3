import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, it } from 'vitest';
import { startBackend } from '../../src/backend/node.ts';
import { edgesFor, uploadPairRows, uploadSegments, uploadSources } from '../../src/ops/edges.ts';
import { withComposedOps } from '../../src/ops/op.ts';
import { outerSum } from '../../src/ops/outer-sum.ts';
import { combineRows } from '../../src/ops/rows.ts';
import { isAvailable, nodeBackends } from '../support/backends.ts';
import {
  type Array32,
  expectClose,
  expectGradients,
  numbers,
  valueAndGradients,
} from '../support/gradients.ts';
import { batchOf, cloud } from '../support/molecules.ts';

// In-degrees of all kinds, a single atom among them.
const batch = batchOf([cloud(4, 1), cloud(1, 2), cloud(7, 3)], { kind: 'radius', cutoff: 2.1 });
const edgeWeight = numbers([batch.edges], 5).values;

/** Of atoms and pairs, so that the rows' own layout does not show: sum over j of x_j (outer) weight_ij pair_ij. */
const op = (x: Tensor, pair: Tensor) => {
  const rows = edgesFor(batch, 'OuterSum');
  const a = combineRows(x as Tensor2D, uploadSources(batch, rows));
  const b = combineRows(pair as Tensor2D, uploadPairRows(batch, rows, edgeWeight));
  return outerSum(a, b, uploadSegments(batch, rows));
};

function inputs(m: number, n: number): [Array32, Array32] {
  return [numbers([batch.atoms, m], 1), numbers([batch.pairs, n], 2)];
}

describe.each(nodeBackends)('sums of outer products on %s', (backend) => {
  const works = it.skipIf(!isAvailable(backend));
  beforeAll(async () => {
    if (isAvailable(backend)) await startBackend(backend);
  });

  works('are sums over edges', () => {
    const [m, n] = [3, 5];
    const [x, pair] = inputs(m, n);
    const wanted = new Float64Array(batch.atoms * m * n);
    for (let e = 0; e < batch.edges; e++) {
      const [i, j, p] = [batch.target[e], batch.source[e], batch.pairOf[e]];
      for (let f = 0; f < m; f++)
        for (let k = 0; k < n; k++)
          wanted[(i * m + f) * n + k] += edgeWeight[e] * x.values[j * m + f] * pair.values[p * n + k];
    }
    expectClose(valueAndGradients(op, [x, pair]).value, wanted, 1e-6);
  });

  works('have slopes for gradients', () => expectGradients(op, inputs(2, 3)));

  works('of atoms without neighbours are zero, and so are their gradients', () => {
    const lonely = batchOf([cloud(1, 1), cloud(1, 2)], { kind: 'complete' });
    const { value, gradients } = valueAndGradients(
      (x, pair) => {
        const rows = edgesFor(lonely, 'OuterSum');
        return outerSum(
          combineRows(x as Tensor2D, uploadSources(lonely, rows)),
          combineRows(pair as Tensor2D, uploadPairRows(lonely, rows, new Float32Array(0))),
          uploadSegments(lonely, rows),
        );
      },
      [numbers([2, 4], 1), numbers([1, 3], 2)],
    );
    for (const zeros of [value, ...gradients]) expectClose(zeros, new Float32Array(zeros.length), 0);
  });
});

describe('our kernels of sums of outer products', () => {
  beforeAll(() => startBackend('wasm'));

  it.each([
    [1, 1],
    [9, 17],
    [64, 32],
  ])('give what the composed form gives with %i and %i features', (m, n) => {
    const own = valueAndGradients(op, inputs(m, n));
    const composed = withComposedOps(() => valueAndGradients(op, inputs(m, n)));
    expectClose(own.value, composed.value, 1e-5);
    expectClose(own.gradients[0], composed.gradients[0], 1e-5);
    expectClose(own.gradients[1], composed.gradients[1], 1e-5);
  });
});
