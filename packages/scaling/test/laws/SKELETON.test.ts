import { describe, expect, test } from 'vitest';
import { analyse } from '../../src/analyse.ts';
import { laws } from '../../src/laws/registry.ts';
import { skeleton } from '../../src/laws/SKELETON.ts';
import { curve, points } from '../times.ts';
import { fitted, unknown } from './fitted.ts';

const time = (n: number) => 30 / n + 0.02 * Math.log2(n);

describe('the law to copy', () => {
  test('its parameters are recovered from exact times', () => {
    const fit = fitted(skeleton, curve(time), unknown);
    expect(fit.value('A')).toBeCloseTo(30, 9);
    expect(fit.value('d')).toBeCloseTo(0.02, 11);
    expect(fit.describe()).toEqual(['Each doubling of the devices adds 20 ms to an epoch.']);
  });

  test('it stands in no registry, and can be passed to an analysis', () => {
    expect(laws).not.toContain(skeleton);
    const analysis = analyse(points(time), [...laws, skeleton]);
    const best = [...analysis.laws].sort((a, b) => (b.weight ?? 0) - (a.weight ?? 0))[0];
    expect(best.fit.law).toBe(skeleton);
  });
});
