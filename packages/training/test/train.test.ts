import type { Model } from '@litmatter/models';
import { type EpochEvent, InputError, type RunEventBody, runEvent } from '@litmatter/protocol';
import { memory, mul, scalar } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { SingleCollective } from '../src/collective/single.ts';
import { noNormalisation } from '../src/normalise.ts';
import { deserialiseState, serialiseState } from '../src/state.ts';
import { type TrainInput, train } from '../src/train.ts';
import { startTestBackend } from './backend.ts';
import { toyData, toyModel, toySpec } from './toy.ts';

beforeAll(() => startTestBackend());

function input(changes: Partial<TrainInput> = {}): TrainInput & { reports: RunEventBody[] } {
  const reports: RunEventBody[] = [];
  return {
    model: toyModel,
    data: toyData(),
    spec: toySpec(),
    collective: new SingleCollective(),
    place: { host: 'here', device: 'core 1', backend: 'cpu' },
    oversubscribed: false,
    report: (body) => reports.push(body),
    shouldStop: () => false,
    warmUpSeconds: 0,
    ...changes,
    reports,
  };
}
const epochsOf = (reports: readonly RunEventBody[]) =>
  reports.filter((body): body is Extract<RunEventBody, { type: 'epoch' }> => body.type === 'epoch');
/** A record without its times: what must not differ between two runs. */
const numbersOf = ({
  epoch,
  trainLoss,
  validationMae,
  learningRate,
}: Omit<EpochEvent, 'run' | 'attempt' | 'seq' | 'at'>) => ({
  epoch,
  trainLoss,
  validationMae,
  learningRate,
});

describe('training', () => {
  it('records what its meter counted while it trained, and nothing where the meter cannot be read', async () => {
    // Each look is a joule on, but the third epoch's: two looks an epoch, and none while it validates.
    let looks = 0;
    const energy = {
      names: { cpu: 'here', gpu: null },
      read: () => ({ cpu: ++looks === 5 ? Number.NaN : looks, gpu: Number.NaN }),
    };
    const given = input({ energy });
    await train(given);
    expect(epochsOf(given.reports).map(({ joules, ranks }) => [joules, ranks[0]!.joules])).toEqual([
      [{ cpu: 1 }, { cpu: 1 }],
      [{ cpu: 1 }, { cpu: 1 }],
      [undefined, undefined],
    ]);
    const without = input();
    await train(without);
    for (const epoch of epochsOf(without.reports)) expect(epoch).not.toHaveProperty('joules');
  });

  it('keeps the parameters of the epoch with the smallest validation error, through a resume too', async () => {
    const rough = (epochs: number) => toySpec({ epochs, learningRate: 2, schedule: 'constant' });
    const given = input({ spec: rough(10) });
    const { state } = await train(given);
    const errors = epochsOf(given.reports).map((epoch) => epoch.validationMae!);
    const lowest = Math.min(...errors);
    const best = errors.indexOf(lowest) + 1;
    expect(best).toBeGreaterThan(1);
    expect(best).toBeLessThan(10);
    expect(state.best).toMatchObject({ epoch: best, validationMae: lowest });

    const { state: then } = await train(input({ spec: rough(best) }));
    expect(state.best?.parameters).toEqual(then.parameters);
    const resume = deserialiseState(serialiseState(then), 'then');
    expect((await train(input({ spec: rough(10), resume }))).state.best).toEqual(state.best);
  });

  it('has no best epoch without a validation split', async () => {
    expect((await train(input({ data: toyData({ validation: 0 }) }))).state.best).toBeNull();
  });

  it('reports its start and each epoch, as events the protocol knows', async () => {
    const given = input({ data: toyData({ train: 45 }) });
    await train(given);
    expect(given.reports.map((body) => body.type)).toEqual(['started', 'epoch', 'epoch', 'epoch']);
    for (const [seq, body] of given.reports.entries())
      runEvent.parse({ run: 'r', attempt: 1, seq, at: 0, ...body });
    expect(given.reports[0]).toMatchObject({
      devices: 1,
      ranks: [{ rank: 0, host: 'here', device: 'core 1', backend: 'cpu' }],
      collective: 'single',
      parameters: 42,
      trainSamples: 45,
      validationSamples: 8,
      stepsPerEpoch: 6,
    });
    expect(epochsOf(given.reports)[2]).toMatchObject({
      epoch: 3,
      steps: 6,
      samples: 45,
      padded: 0,
      imbalance: 1,
    });
  });

  it('lowers the loss and the validation error', async () => {
    const given = input({ spec: toySpec({ epochs: 30 }) });
    const { testMae } = await train(given);
    const epochs = epochsOf(given.reports);
    expect(epochs.at(-1)!.trainLoss).toBeLessThan(0.3 * epochs[0].trainLoss!);
    expect(epochs.at(-1)!.validationMae).toBeLessThan(0.5 * epochs[0].validationMae!);
    expect(testMae).toBeLessThan(0.5 * epochs[0].validationMae!);
  });

  it('accounts for no more time than an epoch took', async () => {
    const given = input();
    await train(given);
    for (const { seconds, ranks } of epochsOf(given.reports)) {
      const [{ data, compute, communication, optimiser, seconds: own }] = ranks;
      expect(data + compute + communication + optimiser).toBeLessThanOrEqual(own);
      expect(own).toBe(seconds);
      for (const part of [data, compute, optimiser]) expect(part).toBeGreaterThan(0);
    }
  });

  it('gives the same bytes when run again, others with another seed', async () => {
    const run = async (seed: number) => {
      const given = input({ spec: toySpec({ seed }) });
      const { state } = await train(given);
      return { bytes: serialiseState(state), numbers: epochsOf(given.reports).map(numbersOf) };
    };
    const first = await run(42);
    expect(await run(42)).toEqual(first);
    expect((await run(43)).numbers).not.toEqual(first.numbers);
  });

  it('goes on from a saved state as though it had never stopped', async () => {
    const spec = toySpec({
      epochs: 8,
      learningRate: 0.5,
      plateau: { factor: 0.5, patience: 0, minimum: 1e-5 },
    });
    const unbroken = input({ spec });
    const whole = await train(unbroken);
    expect(new Set(epochsOf(unbroken.reports).map((e) => e.learningRate)).size).toBeGreaterThan(1);

    const first = input({ spec: { ...spec, epochs: 5 } });
    const saved = serialiseState((await train(first)).state);
    const second = input({ spec, resume: deserialiseState(saved, 'state.bin') });
    const resumed = await train(second);
    expect([...epochsOf(first.reports), ...epochsOf(second.reports)].map(numbersOf)).toEqual(
      epochsOf(unbroken.reports).map(numbersOf),
    );
    expect(serialiseState(resumed.state)).toEqual(serialiseState(whole.state));
    expect(resumed.testMae).toBe(whole.testMae);
  });

  it('hands each epoch its state between two timed ones, and tells where it goes on from', async () => {
    const unbroken = input({ spec: toySpec({ epochs: 4 }) });
    const kept: Uint8Array[] = [];
    const whole = await train({ ...unbroken, onEpoch: (state) => kept.push(serialiseState(state)) });
    expect(kept).toHaveLength(4);
    expect(kept[3]).toEqual(serialiseState(whole.state));
    for (const [index, bytes] of kept.slice(0, 3).entries()) {
      const given = input({ spec: toySpec({ epochs: 4 }), resume: deserialiseState(bytes, 'kept') });
      expect(serialiseState((await train(given)).state)).toEqual(kept[3]);
      expect(given.reports[0]).toMatchObject({ type: 'started', resumedAfter: index + 1 });
      expect(epochsOf(given.reports).map((e) => e.epoch)).toEqual([1, 2, 3, 4].slice(index + 1));
    }
    expect(unbroken.reports[0]).not.toHaveProperty('resumedAfter');
  });

  it('gives the same bytes however long it warms up', async () => {
    const run = async (warmUpSeconds: number) => {
      const given = input({ warmUpSeconds });
      const { state } = await train(given);
      return { bytes: serialiseState(state), numbers: epochsOf(given.reports).map(numbersOf) };
    };
    expect(await run(0.1)).toEqual(await run(0));
  });

  it('stops while it warms up when it is asked to', async () => {
    const start = performance.now();
    const stopped = await train(
      input({ warmUpSeconds: 1000, shouldStop: () => performance.now() > start + 50 }),
    );
    expect(stopped.outcome).toBe('stopped');
    expect(stopped.state.epoch).toBe(0);
  });

  it('stops within a step, and stands where its last whole epoch ended', async () => {
    const whole = input({ spec: toySpec({ epochs: 2 }) });
    const { state } = await train(whole);
    // An epoch looks at each of its 5 steps and at its one batch of validation.
    for (const looks of [12, 14, 17]) {
      let left = looks;
      const given = input({ shouldStop: () => --left < 0 });
      const stopped = await train(given);
      expect(stopped).toMatchObject({ outcome: 'stopped', testMae: null });
      expect(serialiseState(stopped.state)).toEqual(serialiseState(state));
      expect(epochsOf(given.reports)).toHaveLength(2);
      expect(left).toBe(-1);
    }
  });

  it('leaves no tensor behind, neither per epoch nor at the end', async () => {
    const before = memory().numTensors;
    const seen: number[] = [];
    await train(input({ report: (body) => body.type === 'epoch' && seen.push(memory().numTensors) }));
    expect(seen).toEqual([seen[0], seen[0], seen[0]]);
    expect(seen[0] - before).toBe(1);
    expect(memory().numTensors).toBe(before);
  });

  it('lowers the learning rate by the training loss where there is no validation split', async () => {
    // So small a rate that no epoch improves the loss by the threshold.
    const spec = toySpec({
      epochs: 6,
      learningRate: 1e-6,
      plateau: { factor: 0.5, patience: 1, minimum: 0 },
    });
    const given = input({ spec, data: toyData({ validation: 0, test: 0 }) });
    const { testMae } = await train(given);
    const epochs = epochsOf(given.reports);
    expect(testMae).toBeNull();
    expect(epochs.map((e) => e.validationMae)).toEqual(epochs.map(() => null));
    expect(epochs.map((e) => e.learningRate)).toEqual([1e-6, 1e-6, 1e-6, 5e-7, 5e-7, 2.5e-7]);
    expect(given.reports.flatMap((body) => (body.type === 'log' ? [body.message] : []))).toEqual([
      'The learning rate fell from 0.000001 to 5e-7 after epoch 3.',
      'The learning rate fell from 5e-7 to 2.5e-7 after epoch 5.',
    ]);
  });

  it('ends with a sentence when the loss is not finite any more', async () => {
    const broken: Model = {
      ...toyModel,
      forward: (...given) => mul(toyModel.forward(...given), scalar(1e30)),
    };
    await expect(train(input({ model: broken }))).rejects.toThrow(
      /^The loss has grown beyond every number at epoch 1, step 1\. Lower the learning rate/,
    );
  });

  it('refuses an empty training split, an unknown target, equal targets and a foreign state', async () => {
    const data = toyData();
    const { state } = await train(input({ spec: toySpec({ epochs: 1 }) }));
    const energy = { unit: 'eV', values: new Float32Array(data.set.size).fill(3) };
    const refused: [Partial<TrainInput>, RegExp][] = [
      [{ data: toyData({ train: 0 }) }, /training split .* is empty/],
      [{ data: { ...data, target: 'mu' } }, /no target "mu"/],
      [{ data: { ...data, set: { ...data.set, targets: { energy } } } }, /same value in all 40/],
      [{ resume: { ...state, parameters: new Float32Array(7) } }, /has 7 parameters, the model 42/],
    ];
    for (const [changes, sentence] of refused) {
      const error = await train(input(changes)).catch((e) => e);
      expect(error).toBeInstanceOf(InputError);
      expect(error.message).toMatch(sentence);
    }
  });

  it('leaves targets as they are where it is told to', async () => {
    const { state } = await train(input({ spec: toySpec({ epochs: 1, normaliseTarget: false }) }));
    expect(state.normalisation).toEqual(noNormalisation);
  });
});
