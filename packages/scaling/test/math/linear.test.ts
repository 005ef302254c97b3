import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dot, inverseRoot, leastSquares, nonNegativeLeastSquares } from '../../src/math/linear.ts';
import { scipy } from '../scipy.ts';

const value = fc.double({ min: 0.1, max: 10, noNaN: true });
const design = fc.array(fc.tuple(value, value, value), { minLength: 5, maxLength: 12 });

describe('least squares of a few columns', () => {
  test('residuals are orthogonal to every column', () => {
    fc.assert(
      fc.property(design, fc.array(value, { minLength: 12, maxLength: 12 }), (rows, right) => {
        const y = right.slice(0, rows.length);
        const solved = leastSquares(rows, y);
        fc.pre(solved?.coefficients.every((c) => Math.abs(c) < 1e3) ?? false);
        const residual = rows.map((row, i) => y[i] - dot(row, solved!.coefficients));
        for (let k = 0; k < 3; k++)
          expect(
            Math.abs(
              dot(
                residual,
                rows.map((row) => row[k]),
              ),
            ),
          ).toBeLessThan(1e-9);
      }),
    );
  });

  test('columns of units a million million apart are told apart', () => {
    const rows = [1, 2, 3, 4, 5].map((n) => [1e-6, 1e6 / n]);
    const solved = leastSquares(
      rows,
      rows.map(([u, v]) => 3e6 * u + 7e-6 * v),
    );
    expect(solved!.coefficients[0] / 3e6).toBeCloseTo(1, 12);
    expect(solved!.coefficients[1] / 7e-6).toBeCloseTo(1, 12);
  });

  test('dependent columns have no solution', () => {
    expect(
      leastSquares(
        [
          [1, 2],
          [2, 4],
          [3, 6],
        ],
        [1, 2, 3],
      ),
    ).toBeUndefined();
    expect(
      leastSquares(
        [
          [1, 0],
          [2, 0],
          [3, 0],
        ],
        [1, 2, 3],
      ),
    ).toBeUndefined();
    expect(leastSquares([[1, 2]], [1])).toBeUndefined();
  });

  test('the inverse root squared is the inverse of X’X', () => {
    fc.assert(
      fc.property(design, (rows) => {
        const root = inverseRoot(rows);
        fc.pre(root?.flat().every((entry) => Math.abs(entry) < 100) ?? false);
        const gram = [0, 1, 2].map((i) =>
          [0, 1, 2].map((j) => rows.reduce((sum, row) => sum + row[i] * row[j], 0)),
        );
        const inverse = root!.map((a) => root!.map((b) => dot(a, b)));
        for (let i = 0; i < 3; i++)
          for (let j = 0; j < 3; j++)
            expect(
              dot(
                gram[i],
                inverse.map((row) => row[j]),
              ),
            ).toBeCloseTo(i === j ? 1 : 0, 6);
      }),
    );
  });
});

describe('non-negative least squares', () => {
  test.each(scipy.nnls)(
    'coefficients and residuals are SciPy’s (case %#)',
    ({ rows, y, coefficients, rss }) => {
      const solved = nonNegativeLeastSquares(rows, y);
      expect(solved!.rss).toBeCloseTo(rss, 10);
      solved!.coefficients.forEach((c, k) => {
        expect(c).toBeCloseTo(coefficients[k], 10);
      });
    },
  );

  test('no coefficient is negative, and no other non-negative ones do better', () => {
    const signed = fc.double({ min: -5, max: 5, noNaN: true });
    fc.assert(
      fc.property(
        design,
        fc.array(signed, { minLength: 12, maxLength: 12 }),
        fc.tuple(value, value, value),
        (rows, right, other) => {
          const y = right.slice(0, rows.length);
          const solved = nonNegativeLeastSquares(rows, y);
          fc.pre(solved !== undefined);
          expect(Math.min(...solved!.coefficients)).toBeGreaterThanOrEqual(0);
          const rival = rows.reduce((sum, row, i) => sum + (y[i] - dot(row, other)) ** 2, 0);
          expect(solved!.rss).toBeLessThanOrEqual(rival + 1e-9);
        },
      ),
    );
  });
});
