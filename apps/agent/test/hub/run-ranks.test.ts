import { join } from 'node:path';
import type { RankEpoch } from '@litmatter/protocol';
import { expect, it, onTestFinished } from 'vitest';
import { Store } from '../../src/hub/store.ts';
import { epoch, someSpec, started, temporaryFolder } from '../support.ts';

function runningStore() {
  const store = new Store(join(temporaryFolder(), 'hub.sqlite'));
  onTestFinished(() => store.close());
  const { id } = store.createExperiment(someSpec({ devices: [3] }));
  const run = `${id}.0`;
  store.beginAttempt(run);
  return { store, run };
}

const rank = (number: number, compute: number, change: Partial<RankEpoch> = {}): RankEpoch => ({
  ...{ rank: number, seconds: 2, data: 0.1, compute, communication: 0.2, optimiser: 0.1, samples: 267 },
  ...change,
});

it("a rank's times are the medians of its epochs after the first, with where it computes", () => {
  const { store, run } = runningStore();
  store.append(run, 1, [
    started({ run, seq: 0 }, 3),
    ...[9, 1, 2, 4].map((compute, i) =>
      epoch({ run, seq: i + 1 }, i + 1, 3, {
        ranks: [0, 1, 2].map((number) => rank(number, compute + number)),
      }),
    ),
  ]);
  const told = store.ranks(run)!;
  expect(told).toMatchObject({ run, attempt: 1, epochs: 3 });
  expect(told.ranks.map((one) => [one.rank, one.host, one.device, one.compute, one.samples])).toEqual([
    [0, 'n1', 'core 0', 2, 267],
    [1, 'n1', 'core 1', 3, 267],
    [2, 'n1', 'core 2', 4, 267],
  ]);
});

it('energy is told of ranks all of whose epochs tell it', () => {
  const { store, run } = runningStore();
  const epochs = [
    [10, 20],
    [12, undefined],
    [14, 24],
  ].map(([cpu, gpu], i) =>
    epoch({ run, seq: i + 1 }, i + 1, 3, {
      ranks: [
        rank(0, 1, { joules: { ...(cpu !== undefined && { cpu }), ...(gpu !== undefined && { gpu }) } }),
        rank(1, 1),
        rank(2, 1),
      ],
    }),
  );
  store.append(run, 1, [started({ run, seq: 0 }, 3), ...epochs]);
  expect(store.ranks(run)!.ranks.map(({ joules }) => joules)).toEqual([{ cpu: 13 }, undefined, undefined]);
});

it('there are none before the first epoch, and the first one counts while it is alone', () => {
  const { store, run } = runningStore();
  expect(store.ranks(run)).toEqual({ run, attempt: 1, epochs: 0, ranks: [] });
  store.append(run, 1, [started({ run, seq: 0 }, 3), epoch({ run, seq: 1 }, 1, 3)]);
  expect(store.ranks(run)).toMatchObject({ epochs: 1, ranks: { length: 3 } });
  expect(store.ranks('no-such-run')).toBeUndefined();
});

it('all 416 ranks are told, of which a page is not sent the epochs', () => {
  const { store, run } = runningStore();
  store.append(run, 1, [started({ run, seq: 0 }, 416), epoch({ run, seq: 1 }, 1, 416)]);
  expect(store.ranks(run)!.ranks).toHaveLength(416);
});
