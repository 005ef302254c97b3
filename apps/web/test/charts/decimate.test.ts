import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decimate } from '../../src/charts/decimate.ts';

const line = fc
  .array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 2, maxLength: 600 })
  .map((ys) => ys.map((y, index) => ({ x: index + 1, y })));

test('ends and extremes survive, order too, and no more points are left than were asked for', () => {
  fc.assert(
    fc.property(line, fc.integer({ min: 5, max: 60 }), (points, buckets) => {
      const kept = decimate(points, buckets);
      expect(kept.length).toBeLessThanOrEqual(Math.max(2 * buckets + 2, 2));
      expect(kept[0]).toBe(points[0]);
      expect(kept.at(-1)).toBe(points.at(-1));
      const ys = points.map((point) => point.y);
      expect(kept.some((point) => point.y === Math.max(...ys))).toBe(true);
      expect(kept.some((point) => point.y === Math.min(...ys))).toBe(true);
      for (let i = 1; i < kept.length; i++) expect(kept[i]!.x).toBeGreaterThan(kept[i - 1]!.x);
    }),
  );
});

test('a short line is left as it is', () => {
  const points = [
    { x: 1, y: 2 },
    { x: 2, y: 1 },
  ];
  expect(decimate(points, 20)).toBe(points);
});
