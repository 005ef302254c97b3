import { describe, expect, test } from 'vitest';
import { rowOf, shownState, sortedRows } from '../../../src/pages/experiment/run-row.ts';
import { fromSnapshot, pageSnapshot } from '../../../src/state/experiment-data.ts';
import { runViews, snapshot } from '../../samples.ts';

const { runs } = fromSnapshot(pageSnapshot.parse(snapshot()));

describe('a row of the run table', () => {
  test('leaves the warm-up epoch out of its time', () => {
    expect(rowOf(runs[1]!).seconds).toBeCloseTo(4.4);
  });
  test('counts device-hours of all its epochs, validation too', () => {
    expect(rowOf(runs[1]!).deviceHours).toBeCloseTo((2 * (10 + 2 * 4.4 + 3 * 0.1)) / 3_600);
  });
  test('tells what the time went to as shares of the epoch', () => {
    expect(rowOf(runs[0]!).parts?.communication).toBeCloseTo(0.3 / 8.4);
  });
  test('is made once for as long as its run does not change', () =>
    expect(rowOf(runs[0]!)).toBe(rowOf(runs[0]!)));
});

test('rows without a value stay last whichever way they are sorted', () => {
  const none = { ...rowOf(runs[0]!), number: 9, seconds: null };
  const rows = [none, rowOf(runs[0]!), rowOf(runs[2]!)];
  expect(sortedRows(rows, 'seconds', true).map((row) => row.number)).toEqual([3, 1, 9]);
  expect(sortedRows(rows, 'seconds', false).map((row) => row.number)).toEqual([1, 3, 9]);
});

describe('the state that is shown', () => {
  const [run] = runViews();
  const heard = run!.lastHeardAt!;
  test('a running run that is silent has lost contact, and has not failed', () => {
    expect(shownState(run!, heard + 14_000)).toBe('running');
    expect(shownState(run!, heard + 16_000)).toBe('lost');
  });
  test('nobody has lost contact while this page itself hears nothing', () =>
    expect(shownState(run!, undefined)).toBe('running'));
  test('an ended run is what it ended as', () =>
    expect(shownState({ ...run!, state: 'succeeded' }, heard + 1e9)).toBe('succeeded'));
});
