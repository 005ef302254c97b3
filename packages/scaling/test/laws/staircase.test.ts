import { describe, expect, test } from 'vitest';
import { staircase } from '../../src/laws/staircase.ts';
import { curve, qm9, staircaseTime } from '../times.ts';
import { fitted, onQm9, unfitted, unknown } from './fitted.ts';

describe('the staircase', () => {
  test('c and a are recovered from exact times', () => {
    const fit = fitted(staircase, curve(staircaseTime(0.85, 0.021)));
    expect(fit.value('c')).toBeCloseTo(0.85, 10);
    expect(fit.value('a')).toBeCloseTo(0.021, 12);
    expect(fit.describe()).toEqual([
      'A step takes 21 ms, and 0.85 s of each epoch is paid whatever the number of steps.',
    ]);
  });

  test('it is flat once every count makes one step', () => {
    const fit = fitted(staircase, curve(staircaseTime(0.85, 0.021)));
    const single = Math.ceil(qm9.samples / qm9.batchPerDevice);
    expect(fit.predict(single)).toBe(fit.predict(10 * single));
    expect(fit.predict(single - 1)).toBeGreaterThan(fit.predict(single));
  });

  test('it needs the samples and the batch, and a protocol in which steps change', () => {
    const times = curve(staircaseTime(0.85, 0.021));
    expect(unfitted(staircase, times, unknown)).toContain('training samples and the batch per device');
    expect(unfitted(staircase, times, { ...onQm9, protocol: 'strong' })).toContain('held fixed');
    expect(unfitted(staircase, times, { ...onQm9, protocol: 'weak' })).toContain('held fixed');
  });
});
