import { describe, expect, test } from 'vitest';
import { curvatureOf } from '../src/curvature.ts';
import { scipy } from './scipy.ts';
import { curve, noisy } from './times.ts';

describe('the curvature test', () => {
  test('bend and p-value are those of SciPy’s regression on ln n and (ln n)²', () => {
    const { devices, seconds } = scipy.curve;
    const found = curvatureOf(devices.map((n, i) => ({ devices: n, seconds: seconds[i], runs: 1 })))!;
    expect(found.bend).toBeCloseTo(scipy.curvature.bend, 10);
    expect(found.pValue).toBeCloseTo(scipy.curvature.pValue, 8);
  });

  test('a power law with noise is called bent 5 times in 100', () => {
    let called = 0;
    for (let seed = 1; seed <= 400; seed++)
      if (curvatureOf(curve(noisy((n) => 30 * n ** -0.6, 0.05, seed)))!.pValue < 0.05) called++;
    expect(called / 400).toBeGreaterThan(0.017);
    expect(called / 400).toBeLessThan(0.083);
  });

  test('three counts cannot be tested, and an exact power law is straight', () => {
    expect(curvatureOf(curve((n) => n ** -0.5, [1, 2, 4]))).toBeUndefined();
    expect(curvatureOf(curve((n) => 5 * n ** -0.5))!.pValue).toBeGreaterThan(0.5);
  });
});
