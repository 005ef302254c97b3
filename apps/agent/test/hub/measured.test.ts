import { expect, it, onTestFinished } from 'vitest';
import { seriesKey } from '../../src/hub/ids.ts';
import { Store } from '../../src/hub/store.ts';
import { epoch, someSpec, started } from '../support.ts';

it('comparable runs are found by their series, the newest first, once they have measured two epochs', () => {
  let now = 0;
  const store = new Store(':memory:', () => ++now);
  onTestFinished(() => store.close());
  const measure = (devices: number[], batchPerDevice: number, epochs: number): string => {
    const { id } = store.createExperiment(someSpec({ devices, training: { epochs: 60, batchPerDevice } }));
    const run = `${id}.0`;
    store.beginAttempt(run);
    const made = Array.from({ length: epochs }, (_, i) => epoch({ run, seq: i + 1 }, i + 1));
    store.append(run, 1, [started({ run, seq: 0 }), ...made]);
    return run;
  };
  const first = measure([1], 8, 2);
  const many = measure([1], 8, 55);
  measure([1], 8, 1);
  measure([1], 16, 2);
  const series = seriesKey(store.run(first)!.spec);
  const found = store.measuredRuns(series, 10);
  expect(found.map(({ run }) => run.id)).toEqual([many, first]);
  expect(found[0]!.epochs.map((made) => made.epoch)).toEqual(Array.from({ length: 50 }, (_, i) => i + 6));
  expect(store.measuredRuns(series, 1)).toHaveLength(1);
});
