import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { columnOf } from '../../../src/pages/data/statistics.ts';

describe('a column of target values', () => {
  test('is told by mean, deviation, least and most', () => {
    expect(columnOf([1, 2, 3, 4])).toMatchObject({ mean: 2.5, least: 1, most: 4, beyond: 0 });
    expect(columnOf([1, 2, 3, 4])!.deviation).toBeCloseTo(Math.sqrt(5 / 3), 12);
    expect(columnOf([7])).toMatchObject({ mean: 7, deviation: 0, counts: [1], edges: [7, 7] });
    expect(columnOf([Number.NaN])).toBeUndefined();
    expect(columnOf([])).toBeUndefined();
  });

  test('with one outlier still shows how the others are spread', () => {
    const values = Array.from({ length: 2_000 }, (_, i) => i / 1_000);
    const column = columnOf([...values, 1e6])!;
    expect(column.most).toBe(1e6);
    expect(column.edges[1]).toBeLessThan(3);
    expect(column.counts.filter((count) => count > 0)).toHaveLength(column.counts.length);
  });

  test('has every value in one bar or beyond the edges', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 1 }), (values) => {
        const { counts, beyond, least, most, edges } = columnOf(values)!;
        expect(counts.reduce((a, b) => a + b, 0) + beyond).toBe(values.length);
        expect(edges[0]).toBeGreaterThanOrEqual(least);
        expect(edges[1]).toBeLessThanOrEqual(most);
      }),
    );
  });
});
