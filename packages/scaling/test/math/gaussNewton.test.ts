import { describe, expect, test } from 'vitest';
import { minimise } from '../../src/math/gaussNewton.ts';

const counts = [1, 2, 4, 8, 16, 32];

/** t = c + A n^-b */
function evaluate([c, A, b]: readonly number[]) {
  const times = counts.map((n) => c + A * n ** -b);
  return {
    logs: times.map(Math.log),
    gradients: counts.map((n, i) =>
      [1, n ** -b, -A * n ** -b * Math.log(n)].map((slope) => slope / times[i]),
    ),
  };
}

describe('least squares of a curve in the logarithm', () => {
  test('reaches exact parameters from a far start', () => {
    const { theta, loss } = minimise([5, 5, 1], evaluate([0.4, 12, 0.7]).logs, evaluate);
    expect(theta[0]).toBeCloseTo(0.4, 6);
    expect(theta[1]).toBeCloseTo(12, 5);
    expect(theta[2]).toBeCloseTo(0.7, 6);
    expect(loss).toBeLessThan(1e-14);
  });

  test('keeps parameters at zero rather than below it', () => {
    const measured = counts.map((n) => Math.log(10 / n - 0.05));
    expect(Math.min(...minimise([1, 5, 1], measured, evaluate).theta)).toBe(0);
  });

  test('never ends worse than it began, and stays where no step helps', () => {
    const measured = counts.map((n, i) => Math.log(3 / n + (i % 2)));
    const start = [0.5, 2, 1];
    const loss = evaluate(start).logs.reduce((sum, value, i) => sum + (measured[i] - value) ** 2, 0);
    const once = minimise(start, measured, evaluate);
    expect(once.loss).toBeLessThanOrEqual(loss);
    const again = minimise(once.theta, measured, evaluate);
    expect(again.loss / once.loss).toBeCloseTo(1, 9);
  });
});
