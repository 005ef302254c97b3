import { expect, test } from 'vitest';
import { rankedSettings } from '../../../src/pages/experiment/ranked-settings.ts';
import { type ExperimentData, fromSnapshot, pageSnapshot } from '../../../src/state/experiment-data.ts';
import { snapshot } from '../../samples.ts';

const one = fromSnapshot(pageSnapshot.parse(snapshot()));

/** The sample's runs with these training losses, as an experiment of two settings. */
function withLosses(...losses: number[][]): ExperimentData {
  return {
    ...one,
    spec: { ...one.spec, models: [one.spec.models[0]!, { ...one.spec.models[0]!, preset: 'paper' }] },
    runs: losses.map((list, index) => ({
      ...one.runs[index]!,
      epochs: list.map((trainLoss, k) => ({ ...one.runs[index]!.epochs[0]!, epoch: k + 1, trainLoss })),
    })),
  };
}

test('the fastest learner stands first, judged by the epochs that all have done', () => {
  // By its third epoch the first run would win; the second run has not got there.
  const ranked = rankedSettings(withLosses([4, 3, 0], [3, 2]));
  expect(ranked.map(({ row }) => row.number)).toEqual([2, 1]);
  expect(ranked[0]?.speed.epochs).toBe(2);
});

test('runs that have not begun neither rank nor hold the others back', () => {
  expect(rankedSettings(withLosses([4, 3], [], [3, 2])).map(({ row }) => row.number)).toEqual([3, 1]);
});

test('one setting alone is not ranked', () => {
  expect(rankedSettings(one)).toEqual([]);
});

test('of several data-set sizes the largest alone is ranked', () => {
  const data = withLosses([4, 3], [3, 2], [2, 1]);
  const sized = {
    ...data,
    spec: { ...data.spec, dataset: { ...data.spec.dataset, limit: 200, limits: [100, 200] } },
    runs: data.runs.map((run, index) => ({
      ...run,
      view: {
        ...run.view,
        spec: {
          ...run.view.spec,
          dataset: { ...run.view.spec.dataset, limit: 200, used: index < 2 ? 200 : 100 },
        },
      },
    })),
  };
  expect(rankedSettings(sized).map(({ row }) => row.number)).toEqual([2, 1]);
});

test('variants of one model are settings too', () => {
  const { models } = one.spec;
  const grid = {
    ...withLosses([4, 3], [3, 2]),
    spec: { ...one.spec, models: [{ ...models[0]!, grid: { cutoff: [4, 5] } }] },
  };
  expect(rankedSettings(grid)).toHaveLength(2);
});
