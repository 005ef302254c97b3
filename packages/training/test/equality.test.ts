import { Worker } from 'node:worker_threads';
import { initialiseParameters, namedValues, resolveModel } from '@litmatter/models';
import { buildGraphs, bundled, selectMolecules } from '@litmatter/molecules';
import { dataFolderDatasets } from '@litmatter/molecules/node';
import type { EpochEvent } from '@litmatter/protocol';
import { describe, expect, it } from 'vitest';
import { threadsMemory } from '../src/collective/threads.ts';
import { deserialiseState } from '../src/state.ts';
import { toyData, toySpec } from './toy.ts';
import type { RankInput, RankOutput } from './train.worker.ts';

/** Train with k ranks, each in a real thread; what each said at the end. */
async function trainWith(
  ranks: number,
  input: Omit<RankInput, 'rank' | 'memory' | 'stopAfter'>,
  stopAfter?: (rank: number) => number,
): Promise<RankOutput[]> {
  const memory = ranks > 1 ? threadsMemory(ranks) : null;
  return Promise.all(
    Array.from(
      { length: ranks },
      (_, rank) =>
        new Promise<RankOutput>((resolve, reject) => {
          const workerData: RankInput = {
            ...input,
            rank,
            memory,
            ...(stopAfter && { stopAfter: stopAfter(rank) }),
          };
          const worker = new Worker(new URL('./train.worker.ts', import.meta.url), { workerData });
          worker.once('message', (output) => {
            resolve(output);
            void worker.terminate();
          });
          worker.once('error', reject);
        }),
    ),
  );
}

const parametersOf = (output: RankOutput) => deserialiseState(output.state, 'state').parameters;
const epochsOf = (output: RankOutput) =>
  output.reports.filter((body) => body.type === 'epoch') as unknown as EpochEvent[];

function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
}

// 43 molecules: neither 2 nor 4 divides them, so the last step of each epoch holds repeats.
const data = toyData({ train: 43, validation: 7, test: 5 });
const spec = (batchPerDevice: number) => toySpec({ epochs: 3, batchPerDevice });

describe('k ranks with batch b, in real threads', async () => {
  const [one] = await trainWith(1, { model: 'toy', data, spec: spec(8) });

  it.each([2, 4])('k = %i: end with the parameters of one rank with batch k b', async (k) => {
    const many = await trainWith(k, { model: 'toy', data, spec: spec(8 / k) });
    expect(largestDifference(parametersOf(many[0]), parametersOf(one))).toBeLessThan(1e-5);
    for (const [e, epoch] of epochsOf(many[0]).entries()) {
      const alone = epochsOf(one)[e];
      expect(epoch.steps).toBe(alone.steps);
      expect(epoch.trainLoss).toBeCloseTo(alone.trainLoss!, 5);
      expect(epoch.validationMae).toBeCloseTo(alone.validationMae!, 5);
      expect(epoch).toMatchObject({ devices: k, samples: 43, padded: k * Math.ceil(43 / k) - 43 });
      expect(epoch.ranks.map((r) => r.rank)).toEqual(Array.from({ length: k }, (_, r) => r));
      expect(epoch.seconds).toBe(Math.max(...epoch.ranks.map((r) => r.seconds)));
    }
    expect(many[0].testMae).toBeCloseTo(one.testMae!, 5);
  });

  it('hold the same bits on every rank, and again when run again', async () => {
    const first = await trainWith(3, { model: 'toy', data, spec: spec(4) });
    for (const { state, testMae } of first) {
      expect(state).toEqual(first[0].state);
      expect(testMae).toBe(first[0].testMae);
    }
    const second = await trainWith(3, { model: 'toy', data, spec: spec(4) });
    expect(second[0].state).toEqual(first[0].state);
  });

  it('report from rank 0 alone, naming where each computes', async () => {
    const [first, second] = await trainWith(2, { model: 'toy', data, spec: spec(4) });
    expect(first.reports[0]).toMatchObject({
      type: 'started',
      collective: 'threads',
      ranks: [
        { rank: 0, host: 'here', device: 'thread 0', backend: 'cpu' },
        { rank: 1, host: 'here', device: 'thread 1', backend: 'cpu' },
      ],
    });
    expect(second.reports).toEqual([]);
  });

  it('leave at the same step when one of them is asked to stop', async () => {
    const stopped = await trainWith(2, { model: 'toy', data, spec: spec(4) }, (rank) =>
      rank === 1 ? 9 : Number.POSITIVE_INFINITY,
    );
    for (const { outcome, state } of stopped) {
      expect(outcome).toBe('stopped');
      expect(deserialiseState(state, 'state').epoch).toBe(1);
      expect(state).toEqual(stopped[0].state);
    }
  });

  it('leave out the ranks that have nothing of a small split', async () => {
    const few = toyData({ train: 3, validation: 1, test: 2 });
    const [alone] = await trainWith(1, { model: 'toy', data: few, spec: spec(5) });
    const many = await trainWith(5, { model: 'toy', data: few, spec: spec(1) });
    expect(largestDifference(parametersOf(many[0]), parametersOf(alone))).toBeLessThan(1e-5);
    expect(many[0].testMae).toBeCloseTo(alone.testMae!, 5);
  });
});

describe('k ranks of SchNet on the wasm backend', async () => {
  const whole = await bundled.load(dataFolderDatasets('no folder is needed'), {});
  // Every 20th molecule: of all sizes.
  const set = selectMolecules(
    whole,
    Uint32Array.from({ length: 96 }, (_, i) => 20 * i),
  );
  const { graph } = resolveModel({ name: 'schnet', preset: 'small', options: {} });
  const place = (from: number, count: number) => Uint32Array.from({ length: count }, (_, i) => from + i);
  const data = {
    set,
    graphs: buildGraphs(set, graph),
    split: { train: place(0, 78), validation: place(78, 9), test: place(87, 9) },
    target: 'dipole',
  };
  // Five steps an epoch, the last with 14 molecules.
  const spec = (batchPerDevice: number) =>
    toySpec({ epochs: 2, batchPerDevice, learningRate: 0.001, seed: 5 });
  const [one] = await trainWith(1, { model: 'schnet', data, spec: spec(16) });

  it.each([2, 4])('k = %i: end 10 steps with the parameters of one rank with batch k b', async (k) => {
    const many = await trainWith(k, { model: 'schnet', data, spec: spec(16 / k) });
    expect(deserialiseState(many[0].state, 'state').adam.step).toBe(10);
    expect(largestDifference(parametersOf(many[0]), parametersOf(one))).toBeLessThan(1e-5);
    expect(many[0].testMae).toBeCloseTo(one.testMae!, 5);
    for (const { state } of many) expect(state).toEqual(many[0].state);
  });

  it('are compared where ten steps have moved every kind of parameter', () => {
    const layout = resolveModel({ name: 'schnet', preset: 'small', options: {} }).model.layout;
    const start = namedValues(layout, initialiseParameters(layout, 5));
    const end = namedValues(layout, parametersOf(one));
    for (const name of Object.keys(start))
      expect(largestDifference(start[name], end[name])).toBeGreaterThan(1e-3);
  });

  it('k = 2: give the same bytes when run again', async () => {
    const [first] = await trainWith(2, { model: 'schnet', data, spec: spec(8) });
    const [second] = await trainWith(2, { model: 'schnet', data, spec: spec(8) });
    expect(second.state).toEqual(first.state);
  });
});
