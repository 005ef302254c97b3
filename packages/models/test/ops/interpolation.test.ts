import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../src/backend/node.ts';
import { interpolateEach, uploadInterpolation } from '../../src/ops/interpolation.ts';
import { withComposedOps } from '../../src/ops/op.ts';
import { isAvailable, nodeBackends } from '../support/backends.ts';
import {
  type Array32,
  expectClose,
  expectGradients,
  numbers,
  valueAndGradients,
} from '../support/gradients.ts';

/** Where a table of `points` places from 0 to `end` is read, and by what each reading is multiplied. */
interface Reading {
  readonly points: number;
  readonly end: number;
  readonly distances: Float32Array;
  readonly scale: Float32Array;
}

const reading = fc
  .record({
    points: fc.integer({ min: 4, max: 40 }),
    end: fc.double({ min: 0.5, max: 12, noNaN: true }).map(Math.fround),
    shares: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 60 }),
  })
  .map(({ points, end, shares }): Reading => {
    // The ends of the table are read too.
    const distances = Float32Array.from([0, 1, ...shares], (share) => share * end);
    return { points, end, distances, scale: numbers([distances.length], 4).values };
  });

/** A table's rows at the distances, in the order of these: [G, F] -> values, each pair's by its row. */
function readings({ points, end, distances, scale }: Reading, table: Array32): number[] {
  const width = table.shape[1];
  let rowOf = new Int32Array(0);
  const { value } = valueAndGradients(
    (x) => {
      const { interpolation, pairRows } = uploadInterpolation(distances, scale, end, points);
      rowOf = pairRows.rowOf as Int32Array<ArrayBuffer>;
      return interpolateEach([x as Tensor2D], interpolation)[0];
    },
    [table],
  );
  return Array.from(rowOf).flatMap((row) => value.slice(row * width, (row + 1) * width));
}

describe.each(nodeBackends)('reading between the rows of a table on %s', (backend) => {
  const works = it.skipIf(!isAvailable(backend));
  beforeAll(async () => {
    if (isAvailable(backend)) await startBackend(backend);
  });

  works('a cubic is met exactly, at the ends too', () => {
    const cubic = (x: number) => 1 - 2 * x + 0.5 * x ** 2 + x ** 3;
    fc.assert(
      fc.property(reading, (given) => {
        const { points, end, distances, scale } = given;
        const places = Float32Array.from({ length: points }, (_, g) => cubic(g / (points - 1)));
        const wanted = Array.from(distances, (d, p) => cubic(d / end) * scale[p]);
        expectClose(readings(given, { shape: [points, 1], values: places }), wanted, 1e-5);
      }),
      { numRuns: 20 },
    );
  });

  works('each pair has a row of its own, and what is no pair is zero', () => {
    fc.assert(
      fc.property(reading, ({ points, end, distances, scale }) => {
        const { interpolation, pairRows } = uploadInterpolation(distances, scale, end, points);
        const used = new Set(pairRows.rowOf);
        expect(used.size).toBe(distances.length);
        const { value } = valueAndGradients(
          (table) => interpolateEach([table as Tensor2D], interpolation)[0],
          [numbers([points, 1], 3)],
        );
        expect(value.length).toBe(pairRows.rows);
        expect(value.filter((y, row) => !used.has(row) && y !== 0)).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });

  works('slopes are the gradient', () => {
    const distances = numbers([13], 6).values.map((x) => 1.5 + 1.5 * x);
    const { interpolation } = uploadInterpolation(distances, numbers([13], 7).values, 3, 9);
    expectGradients(
      (table: Tensor) => interpolateEach([table as Tensor2D], interpolation)[0],
      [numbers([9, 2], 8)],
    );
  });

  works('gives what the composed form gives', () => {
    fc.assert(
      fc.property(reading, (given) => {
        const table = numbers([given.points, 5], 9);
        const composed = withComposedOps(() => readings(given, table));
        expectClose(readings(given, table), composed, 1e-5);
      }),
      { numRuns: 20 },
    );
  });
});
