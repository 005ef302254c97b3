import { angularFunctions } from '@litmatter/molecules';
import type { Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../src/backend/node.ts';
import { bilinear, uploadTriplets } from '../../src/ops/bilinear.ts';
import { withComposedOps } from '../../src/ops/op.ts';
import { isAvailable, nodeBackends } from '../support/backends.ts';
import {
  type Array32,
  expectClose,
  expectGradients,
  numbers,
  valueAndGradients,
} from '../support/gradients.ts';
import { batchOf, cloud } from '../support/molecules.ts';

const graph = { kind: 'radius', cutoff: 2.1, triplets: true } as const;
// In-degrees of many kinds, a single atom and a single pair among them.
const batch = batchOf([cloud(4, 1), cloud(1, 2), cloud(9, 3), cloud(2, 4)], graph);
const degrees = 3;

const op = (x: Tensor, g: Tensor, weight: Tensor) =>
  bilinear(x as Tensor2D, g as Tensor3D, weight as Tensor2D, uploadTriplets(batch, degrees));

function inputs(features: number, width: number, hidden: number): [Array32, Array32, Array32] {
  return [
    numbers([batch.edges, features], 1),
    numbers([degrees, batch.pairs, width], 2),
    numbers([hidden, width * features], 3),
  ];
}

/** Triplet by triplet. */
function definition([x, g, weight]: Array32[]): Float64Array {
  const features = x.shape[1];
  const width = g.shape[2];
  const [hidden] = weight.shape;
  const angular = angularFunctions(batch.triplets!, degrees);
  const out = new Float64Array(batch.edges * hidden);
  for (let j = 0; j < batch.atoms; j++) {
    const [first, last] = [batch.edgeStart[j], batch.edgeStart[j + 1]];
    for (let a = first; a < last; a++) {
      const outgoing = batch.reverse[a];
      for (let k = first; k < last; k++) {
        if (k === a) continue;
        const at = batch.triplets!.squareStart[j] + (a - first) * (last - first) + k - first;
        for (let b = 0; b < width; b++) {
          let s = 0;
          for (let l = 0; l < degrees; l++) {
            s += angular[at * degrees + l] * g.values[(l * batch.pairs + batch.pairOf[k]) * width + b];
          }
          for (let h = 0; h < hidden; h++)
            for (let f = 0; f < features; f++) {
              out[outgoing * hidden + h] +=
                s * x.values[k * features + f] * weight.values[(h * width + b) * features + f];
            }
        }
      }
    }
  }
  return out;
}

describe.each(nodeBackends)('the bilinear layer over triplets on %s', (backend) => {
  const works = it.skipIf(!isAvailable(backend));
  beforeAll(async () => {
    if (isAvailable(backend)) await startBackend(backend);
  });

  works('is a sum over triplets', () => {
    const given = inputs(5, 3, 4);
    expectClose(valueAndGradients(op, given).value, definition(given), 5e-6);
  });

  works('has slopes for gradients', () => expectGradients(op, inputs(2, 2, 2), 2e-2));

  works('of atoms without neighbours is zero, gradients too', () => {
    const lonely = batchOf([cloud(1, 1), cloud(1, 2)], graph);
    const { value, gradients } = valueAndGradients(
      (x, g, weight) =>
        bilinear(x as Tensor2D, g as Tensor3D, weight as Tensor2D, uploadTriplets(lonely, degrees)),
      [numbers([1, 4], 1), numbers([degrees, 1, 2], 2), numbers([3, 8], 3)],
    );
    for (const zeros of [value, ...gradients]) expect(zeros.every((v) => v === 0)).toBe(true);
  });
});

describe('our kernels of the bilinear layer', () => {
  beforeAll(() => startBackend('wasm'));

  it.each([
    [1, 1, 1],
    [17, 3, 9],
    [32, 8, 16],
  ])('give what the composed form gives: %i features, width %i, %i hidden', (features, width, hidden) => {
    const given = inputs(features, width, hidden);
    const own = valueAndGradients(op, given);
    const composed = withComposedOps(() => valueAndGradients(op, given));
    expectClose(own.value, composed.value, 1e-5);
    for (const [k, gradient] of own.gradients.entries()) expectClose(gradient, composed.gradients[k], 2e-5);
  });

  it('work through more edges than they take at once', () => {
    const many = batchOf(
      Array.from({ length: 40 }, (_, m) => cloud(6 + (m % 3), m + 1)),
      { kind: 'radius', cutoff: 6, triplets: true },
    );
    expect(many.edges).toBeGreaterThan(3 * 384);
    const given = [numbers([many.edges, 4], 1), numbers([degrees, many.pairs, 2], 2), numbers([3, 8], 3)];
    const run = (x: Tensor, g: Tensor, weight: Tensor) =>
      bilinear(x as Tensor2D, g as Tensor3D, weight as Tensor2D, uploadTriplets(many, degrees));
    const own = valueAndGradients(run, given);
    const composed = withComposedOps(() => valueAndGradients(run, given));
    expectClose(own.value, composed.value, 1e-4);
    for (const [k, gradient] of own.gradients.entries()) expectClose(gradient, composed.gradients[k], 1e-4);
  });
});
