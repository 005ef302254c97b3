import { describe, expect, test } from 'vitest';
import { ringStaircase, treeStaircase } from '../../src/laws/communication.ts';
import { stepCounter } from '../../src/laws/steps.ts';
import { curve, staircaseTime } from '../times.ts';
import { fitted, onQm9 } from './fitted.ts';

const steps = stepCounter(onQm9)!;

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
