import { expect, test } from 'vitest';
import { progressOf } from '../../../src/pages/experiment/progress.ts';
import { fromSnapshot, pageSnapshot } from '../../../src/state/experiment-data.ts';
import { epoch, runViews, snapshot } from '../../samples.ts';

const read = (part: Parameters<typeof snapshot>[0]) => fromSnapshot(pageSnapshot.parse(snapshot(part)));

test('what is left is the epochs to come, shared by the runs under way', () => {
  // One epoch left in each of three running runs: 8.5, 4.5 and 2.5 s with validation.
  expect(progressOf(read({})).secondsLeft).toBeCloseTo((8.5 + 4.5 + 2.5) / 3);
});

test('a run not yet measured is judged by its nearest relative', () => {
  const data = read({
    runs: runViews((index) => ({ state: index === 0 ? 'running' : 'queued' })),
    epochs: [1, 2, 3].map((number) => epoch(0, number)),
  });
  // 8.4 s on one device divides by two and by four; validation does not.
  expect(progressOf(data).secondsLeft).toBeCloseTo(8.5 + 4 * (4.2 + 0.1) + 4 * (2.1 + 0.1));
});

test('nothing is promised before anything is measured, nor once all has ended', () => {
  expect(progressOf(read({ epochs: [] })).secondsLeft).toBeNull();
  expect(progressOf(read({ runs: runViews(() => ({ state: 'succeeded' })) })).secondsLeft).toBeNull();
});
