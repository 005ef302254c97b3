import { describe, expect, test } from 'vitest';
import { analyse, drawCurves } from '../src/index.ts';
import { quantile } from '../src/math/stats.ts';
import { noisy, points } from './times.ts';

const analysis = analyse(points(noisy((n) => 0.85 + 18 / n, 0.05, 3)));
const prediction = analysis.prediction!;

describe('curves the data leave possible', () => {
  test('are as many as asked for, positive, and the same for the same seed', () => {
    const curves = drawCurves(prediction, 120, 7);
    expect(curves).toHaveLength(120);
    for (const curve of curves) for (const n of [1, 16, 4096]) expect(curve(n)).toBeGreaterThan(0);
    const at = (seed: number) => drawCurves(prediction, 20, seed).map((curve) => curve(100));
    expect(at(1)).toEqual(at(1));
    expect(at(1)).not.toEqual(at(2));
  });

  test('spread as the prediction’s band of the curve does', () => {
    const curves = drawCurves(prediction, 2000);
    for (const n of [4, 64, 416]) {
      const times = curves.map((curve) => curve(n));
      const band = prediction.band(n, 0.9, 'curve');
      const drawn = Math.log(quantile(times, 0.95) / quantile(times, 0.05));
      expect(drawn / Math.log(band.high / band.low)).toBeGreaterThan(0.6);
      expect(drawn / Math.log(band.high / band.low)).toBeLessThan(1.5);
    }
  });
});
