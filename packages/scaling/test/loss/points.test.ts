import { describe, expect, test } from 'vitest';
import { lossPoints } from '../../src/loss/points.ts';
import { lossRun } from './runs.ts';

describe('the points of a loss curve', () => {
  test('are each run’s least validation error against its training molecules', () => {
    const runs = [
      lossRun('a', { loss: 0.5, molecules: 800, used: 1_000 }),
      lossRun('b', { loss: 0.25, molecules: 3_200, used: 4_000, devices: 2 }),
    ];
    expect(lossPoints(runs, 'molecules')).toEqual([
      expect.objectContaining({ run: 'a', series: 'schnet small', size: 800, loss: 0.5, globalBatch: 32 }),
      expect.objectContaining({ run: 'b', series: 'schnet small', size: 3_200, loss: 0.25, globalBatch: 64 }),
    ]);
  });

  test('leave out runs that have validated nothing, or have not begun', () => {
    const one = lossRun('a', { loss: 0.5 });
    const unstarted = { ...one, view: { ...one.view, started: null } };
    const unvalidated = { ...one, epochs: [{ validationMae: null }] };
    expect(lossPoints([unstarted, unvalidated], 'molecules')).toEqual([]);
  });

  test('of parameters: the options that change their number are the width, others are another series', () => {
    const runs = [16, 32].flatMap((hiddenChannels, k) =>
      [4, 5].map((cutoff) =>
        lossRun(`${hiddenChannels}-${cutoff}`, {
          loss: 1 / hiddenChannels,
          parameters: 1_000 * 4 ** k,
          options: { hiddenChannels, cutoff },
          used: 1_000,
        }),
      ),
    );
    expect(
      lossPoints(runs, 'parameters').map(({ series, size, setting }) => [series, size, setting]),
    ).toEqual([
      ['schnet small {cutoff 4}, 1,000 molecules', 1_000, 'hiddenChannels 16'],
      ['schnet small {cutoff 5}, 1,000 molecules', 1_000, 'hiddenChannels 16'],
      ['schnet small {cutoff 4}, 1,000 molecules', 4_000, 'hiddenChannels 32'],
      ['schnet small {cutoff 5}, 1,000 molecules', 4_000, 'hiddenChannels 32'],
    ]);
  });

  test('say what has epochs to go, and what was still falling', () => {
    const done = lossRun('a', { loss: 0.5 });
    const running = {
      view: { ...done.view, state: 'running' as const },
      epochs: [{ validationMae: 1 }, { validationMae: 0.5 }],
    };
    expect(
      lossPoints([done, running], 'molecules').map(({ finished, falling }) => [finished, falling]),
    ).toEqual([
      [true, false],
      [false, true],
    ]);
  });
});
