import { tensor2d } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../src/backend/node.ts';
import { placed, sumPlaces, uploadPlacement, uploadSums } from '../../src/ops/placement.ts';
import { isAvailable } from '../support/backends.ts';

for (const name of ['cpu', 'tensorflow'] as const) {
  describe.skipIf(!isAvailable(name))(`on ${name}`, () => {
    beforeAll(() => startBackend(name));

    it('every row of the parts goes where it belongs, an empty part being none', () => {
      const placement = uploadPlacement(Int32Array.of(3, 0, 2, 1), [1, 0, 3]);
      const parts = [tensor2d([10, 11], [1, 2]), tensor2d([20, 21, 30, 31, 40, 41], [3, 2])];
      expect(placed(parts, 2, placement).arraySync()).toEqual([
        [20, 21],
        [40, 41],
        [30, 31],
        [10, 11],
      ]);
    });

    it('wide rows are placed as several of the width asked for', () => {
      const placement = uploadPlacement(Int32Array.of(1, 0), [2]);
      expect(placed([tensor2d([1, 2, 3, 4], [1, 4])], 2, placement).arraySync()).toEqual([
        [3, 4],
        [1, 2],
      ]);
    });

    it('places are summed into what they belong to, the empty ones left out', () => {
      const sums = uploadSums(Int32Array.of(2, 0, 2, 0), 3, Float32Array.of(1, 1, 1, 0));
      const x = tensor2d([1, 2, 3, 4, 5, 6, 7, 8], [4, 2]);
      expect(sumPlaces(x, sums).arraySync()).toEqual([
        [3, 4],
        [0, 0],
        [6, 8],
      ]);
    });

    it('where every place is empty the sums are zero', () => {
      const sums = uploadSums(Int32Array.of(0, 1), 2, Float32Array.of(0, 0));
      expect(sumPlaces(tensor2d([1, 2], [2, 1]), sums).arraySync()).toEqual([[0], [0]]);
    });
  });
}
