import type { Point } from '@litmatter/scaling';
import { expect, test } from 'vitest';
import { fitAll, fitInTurns } from '../../../src/pages/experiment/fitting.ts';

function point(series: string, devices: number, seconds: number): Point {
  return {
    run: `${series}-${devices}`,
    series,
    devices,
    seconds,
    repeat: 0,
    protocol: 'fixed-per-device-batch',
    samples: 3_200,
    batchPerDevice: 32,
    spread: 0,
    epochSeconds: [seconds, seconds],
    warmUpOnly: false,
    oversubscribed: false,
    steps: 100 / devices,
    globalBatch: 32 * devices,
    padding: null,
    imbalance: null,
  };
}

const first = [1, 2, 4].map((n) => point('first', n, 8 / n));
const second = [1, 2, 4].map((n) => point('second', n, 4 / n + 1));

/** Counts the turns that were given. */
function turns() {
  const told = { given: 0, turn: async () => void told.given++ };
  return told;
}

test('fits in turns are those made at once, in the order of the series', async () => {
  const told = turns();
  const fitted = await fitInTurns([...first, ...second], new Map(), told.turn);
  const whole = fitAll([...first, ...second]);
  expect([...fitted.keys()]).toEqual([...whole.keys()]);
  for (const [key, { analysis }] of fitted)
    expect(analysis.laws.map(({ fit }) => fit.theta)).toEqual(
      whole.get(key)!.analysis.laws.map(({ fit }) => fit.theta),
    );
  expect(told.given).toBe(2);
});

test('only a series whose points have changed is fitted again', async () => {
  const before = fitAll([...first, ...second]);
  const told = turns();
  const after = await fitInTurns([...first, ...second, point('second', 8, 1.5)], before, told.turn);
  expect(told.given).toBe(1);
  const [one, other] = [...after.values()];
  expect(one).toBe([...before.values()][0]);
  expect(other!.analysis.curve).toHaveLength(4);
});

test('where nothing has changed, what was fitted stays the very same', async () => {
  const before = fitAll([...first, ...second]);
  const told = turns();
  expect(await fitInTurns([...first, ...second], before, told.turn)).toBe(before);
  expect(told.given).toBe(0);
});

test('a series that is no more there is gone', async () => {
  const after = await fitInTurns(second, fitAll([...first, ...second]), turns().turn);
  expect([...after.values()].map(({ analysis }) => analysis.series)).toEqual(['second']);
});
