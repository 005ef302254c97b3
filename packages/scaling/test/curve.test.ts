import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { curveOf, gainOf, pointsOfTimes, scalingRows } from '../src/index.ts';
import { points } from './times.ts';

describe('speedup, efficiency and cost', () => {
  test('are t(n0)/t(n), n0 t(n0)/(n t(n)) and n t(n), against the smallest measured count', () => {
    const rows = scalingRows(points((n) => ({ 2: 27, 416: 1.08 })[n] ?? 0, [416, 2]));
    expect(rows.map((row) => row.devices)).toEqual([2, 416]);
    expect(rows[0]).toMatchObject({ speedup: 1, efficiency: 1, cost: 54 });
    expect(rows[1].speedup).toBeCloseTo(25, 10);
    expect(rows[1].efficiency).toBeCloseTo(0.12, 2);
    expect(rows[1].cost).toBeCloseTo(449.28, 8);
  });

  test('under weak scaling efficiency is t(n0)/t(n) and speedup counts the work done', () => {
    expect(gainOf('weak', { devices: 2, seconds: 10 }, { devices: 8, seconds: 12.5 })).toEqual({
      speedup: 3.2,
      efficiency: 0.8,
    });
  });

  test('do not depend on the unit of time, save the cost', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.1, max: 100, noNaN: true }), { minLength: 3, maxLength: 8 }),
        fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
        (seconds, unit) => {
          const rows = (factor: number) =>
            scalingRows(
              pointsOfTimes(seconds.map((value, i) => ({ devices: i + 1, seconds: factor * value }))),
            );
          rows(unit).forEach((row, i) => {
            const plain = rows(1)[i];
            expect(row.speedup).toBeCloseTo(plain.speedup, 6);
            expect(row.efficiency).toBeCloseTo(plain.efficiency, 6);
            expect(row.cost / unit).toBeCloseTo(plain.cost, 6);
          });
        },
      ),
    );
  });
});

describe('the curve that laws see', () => {
  const repeated = pointsOfTimes([
    { devices: 4, seconds: 1 },
    { devices: 2, seconds: 8, repeat: 0 },
    { devices: 2, seconds: 2, repeat: 1 },
  ]);

  test('has each device count once, ascending, repeats as their geometric mean', () => {
    const curve = curveOf(repeated);
    expect(curve.map(({ devices, runs }) => [devices, runs])).toEqual([
      [2, 2],
      [4, 1],
    ]);
    expect(curve[0].seconds).toBeCloseTo(4, 12);
  });

  test('is the base of speedups: repeats of the smallest count straddle 1', () => {
    expect(scalingRows(repeated).map((row) => row.speedup)).toEqual([
      expect.closeTo(0.5, 12),
      expect.closeTo(2, 12),
      expect.closeTo(4, 12),
    ]);
  });
});
