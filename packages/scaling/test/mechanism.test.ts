import { describe, expect, test } from 'vitest';
import { analyse, stepsPerEpoch } from '../src/index.ts';
import { paperCounts, points, qm9, staircaseTime } from './times.ts';

describe('the mechanism in words', () => {
  test('names the fixed cost in seconds, where it is more than half of the epoch, and its share', () => {
    const { mechanism } = analyse(points((n) => 0.85 + 18 / n));
    const [fixed] = mechanism;
    expect(fixed.kind).toBe('fixed');
    expect(fixed.says).toBe(
      '0.85 s of each epoch does not shrink with more devices: at 32 devices it is 60 % of the epoch.',
    );
    expect(fixed.action.length).toBeGreaterThan(20);
  });

  test('names the count from which an epoch is one step', () => {
    const { mechanism } = analyse(points(staircaseTime(0.85, 0.021), paperCounts, qm9));
    expect(mechanism.find(({ kind }) => kind === 'steps')?.says).toBe(
      'At 416 devices an epoch is 3 steps; from 860 devices on it is one, and no further device shortens it.',
    );
  });

  test('names the exchange of gradients where it is more than a tenth of a step', () => {
    const time = (n: number) =>
      0.2 + stepsPerEpoch(qm9.samples, qm9.batchPerDevice, n) * (0.02 + 0.005 * Math.log2(n));
    const { mechanism } = analyse(points(time, [2, 4, 8, 16, 32, 64], qm9));
    expect(mechanism.find(({ kind }) => kind === 'communication')?.says).toBe(
      'At 64 devices exchanging gradients is 60 % of a step (30 ms of 50 ms).',
    );
  });

  test('says when nothing holds the devices back', () => {
    const { mechanism } = analyse(points((n) => 1000 / n, [1, 2, 4, 8, 16]));
    expect(mechanism.map(({ kind }) => kind)).toEqual(['scaling-well']);
    expect(mechanism[0].action).toContain('Measure a larger count');
  });

  test('claims no fixed cost that the times do not show', () => {
    const seconds = new Map([
      [1, 0.47],
      [2, 0.85],
      [4, 0.31],
    ]);
    const { mechanism } = analyse(points((n) => seconds.get(n) ?? 1, [1, 2, 4]));
    expect(mechanism.map(({ kind }) => kind)).toEqual(['unclear']);
    expect(mechanism[0].says).toBe(
      'These times cannot tell how much of an epoch does not shrink with more devices: anything from none of it to all of it.',
    );
  });

  test('says nothing of two counts', () => {
    expect(analyse(points((n) => 1 + 1 / n, [1, 2])).mechanism).toEqual([]);
  });
});
