import { describe, expect, test } from 'vitest';
import { ringStaircase, treeStaircase } from '../../src/laws/communication.ts';
import { staircase } from '../../src/laws/staircase.ts';
import { stepCounter } from '../../src/laws/steps.ts';
import { curve, qm9, staircaseTime } from '../times.ts';
import { fitted, onQm9, unfitted, unknown } from './fitted.ts';

const steps = stepCounter(onQm9)!;

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

describe('the staircase with communication', () => {
  test.each([
    { law: treeStaircase, growth: Math.log2 },
    { law: ringStaircase, growth: (n: number) => (n - 1) / n },
  ])('$law.name: c, a and d are recovered from exact times', ({ law, growth }) => {
    const fit = fitted(
      law,
      curve((n) => 0.4 + steps(n) * (0.02 + 0.003 * growth(n))),
    );
    expect(fit.value('c')).toBeCloseTo(0.4, 8);
    expect(fit.value('a')).toBeCloseTo(0.02, 10);
    expect(fit.value('d')).toBeCloseTo(0.003, 10);
  });

  test('it says what the exchange adds to a step at the largest count', () => {
    const fit = fitted(
      treeStaircase,
      curve((n) => 0.4 + steps(n) * (0.02 + 0.003 * Math.log2(n)), [2, 4, 8, 16, 32, 64]),
    );
    expect(fit.describe()).toEqual([
      'A step takes 20 ms of computing; exchanging gradients adds 18 ms to it at 64 devices.',
    ]);
  });

  test('times without an exchange have none', () => {
    const fit = fitted(treeStaircase, curve(staircaseTime(0.85, 0.021)));
    expect(fit.value('d')).toBe(0);
    expect(fit.describe()[0]).toContain('costs nothing that shows');
  });
});
