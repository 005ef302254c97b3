import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromSnapshot, merge, pageSnapshot, pageUpdate } from '../../src/state/experiment-data.ts';
import { epoch, type runViews, snapshot, summary } from '../samples.ts';

const start = () => fromSnapshot(pageSnapshot.parse(snapshot()));
const update = (epochs: ReturnType<typeof epoch>[], runs: ReturnType<typeof runViews> = []) =>
  pageUpdate.parse({ experiment: summary({ epochsDone: 10 }), runs, epochs, cursor: 101 });
const epochsOf = (data: ReturnType<typeof start>, run = 0) => data.runs[run]!.epochs.map((one) => one.epoch);

describe('what a page holds of an experiment', () => {
  test('the ranks of an epoch are folded into their mean as they are decoded', () => {
    expect(start().runs[0]!.epochs[0]!.parts).toEqual({
      data: 0.2,
      compute: 1.1,
      communication: 0.30000000000000004,
      optimiser: 0.2,
    });
  });

  test('an update adds its epochs and moves the cursor', () => {
    const after = merge(start(), update([epoch(0, 4)]));
    expect(epochsOf(after)).toEqual([1, 2, 3, 4]);
    expect(after.cursor).toBe(101);
    expect(after.experiment.epochsDone).toBe(10);
  });

  test('runs that did not change stay the same object, so that nothing of them is computed again', () => {
    const before = start();
    const after = merge(before, update([epoch(0, 4)]));
    expect(after.runs[1]).toBe(before.runs[1]);
    expect(after.runs[0]).not.toBe(before.runs[0]);
  });

  test('a later attempt takes the place of what it does again', () => {
    const again = merge(start(), update([epoch(0, 1, { attempt: 2, seq: 0, seconds: 9 })]));
    expect(again.runs[0]!.epochs.map((one) => [one.attempt, one.epoch])).toEqual([[2, 1]]);
  });

  test('a resumed attempt goes on where the earlier one stopped', () => {
    const resumed = merge(start(), update([epoch(0, 3, { attempt: 2 }), epoch(0, 4, { attempt: 2 })]));
    expect(resumed.runs[0]!.epochs.map((one) => [one.attempt, one.epoch])).toEqual([
      [1, 1],
      [1, 2],
      [2, 3],
      [2, 4],
    ]);
  });

  test('a late record of an earlier attempt changes nothing', () => {
    const again = merge(start(), update([epoch(0, 1, { attempt: 2 })]));
    expect(epochsOf(merge(again, update([epoch(0, 4, { attempt: 1 })])))).toEqual([1]);
  });

  test('however epochs are cut into updates, and however often one is sent, each is there once', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 12 }), (cuts) => {
        const all = Array.from({ length: 20 }, (_, index) => epoch(0, index + 1));
        let data = fromSnapshot(pageSnapshot.parse(snapshot({ epochs: [] })));
        let at = 0;
        for (const cut of cuts) {
          data = merge(data, update(all.slice(Math.max(0, at - 2), at + cut)));
          at += cut;
        }
        data = merge(data, update(all.slice(Math.max(0, at - 2))));
        expect(epochsOf(data)).toEqual(all.map((one) => one.epoch));
      }),
    );
  });
});
