import { BufferBuilder, type Model } from '@litmatter/models';
import { InputError, type RunEventBody } from '@litmatter/protocol';
import { add, mean, memory, mul, reshape, sub, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { SingleCollective } from '../src/collective/single.ts';
import { deserialiseState, serialiseState } from '../src/state.ts';
import { type TrainInput, train } from '../src/train.ts';
import { startTestBackend } from './backend.ts';
import { toyData, toyModel, toySpec } from './toy.ts';

beforeAll(() => startTestBackend());

/**
 * The toy model less its mean over the batch while training, less the running mean of that (0.9 and 0.1) otherwise;
 * beside it a count of batches, and the share of atoms without neighbours, which never changes.
 */
const buffers = new BufferBuilder()
  .add('mean', [1], (values) => values.fill(3))
  .counter('batches')
  .add('lonely', [1], (values, { degreeHistogram: [none, ...others] }) => {
    values[0] = none / (none + others.reduce((a, b) => a + b));
  })
  .build();
const model: Model = {
  ...toyModel,
  buffers,
  forward(parameters, batch, mode) {
    const raw = toyModel.forward(parameters, batch, mode);
    const kept = mode.buffers as Readonly<Record<string, Tensor>>;
    if (!mode.training) return reshape(sub(raw, kept.mean), raw.shape);
    const own = reshape(mean(raw), [1]);
    mode.update?.('mean', add(mul(kept.mean, 0.9), mul(own, 0.1)));
    mode.update?.('batches', add(kept.batches, 1));
    return reshape(sub(raw, own), raw.shape);
  },
};

function input(changes: Partial<TrainInput> = {}): TrainInput {
  return {
    model,
    data: toyData({ train: 40 }),
    spec: toySpec({ epochs: 3, batchPerDevice: 8 }),
    collective: new SingleCollective(),
    place: { host: 'here', device: 'core 1', backend: 'cpu' },
    oversubscribed: false,
    report: () => {},
    shouldStop: () => false,
    warmUpSeconds: 0,
    ...changes,
  };
}

describe('buffers of a model', () => {
  it('start from statistics of the training split and change with every step that is kept', async () => {
    const { state } = await train(input({ warmUpSeconds: 0.1 }));
    const [running, batches, lonely] = state.buffers;
    expect(batches).toBe(3 * 5);
    expect(running).not.toBe(3);
    const { set, graphs, split } = toyData({ train: 40 });
    const degrees = Array.from(split.train).flatMap((m) =>
      Array.from(
        { length: set.atomOffsets[m + 1] - set.atomOffsets[m] },
        (_, i) => graphs.rowOffsets[set.atomOffsets[m] + i + 1] - graphs.rowOffsets[set.atomOffsets[m] + i],
      ),
    );
    expect(lonely).toBeCloseTo(degrees.filter((d) => d === 0).length / degrees.length, 6);
    expect(lonely).toBeGreaterThan(0);
  });

  it('are what evaluation computes with', async () => {
    const errors = async (changes: Partial<Model>) => {
      const reports: RunEventBody[] = [];
      await train(input({ model: { ...model, ...changes }, report: (body) => reports.push(body) }));
      return reports.flatMap((body) => (body.type === 'epoch' ? [body.validationMae] : []));
    };
    const still: Model['forward'] = (p, batch, mode) =>
      model.forward(p, batch, { ...mode, update: () => {} });
    expect(await errors({})).not.toEqual(await errors({ forward: still }));
  });

  it('are saved, resumed and kept with the best epoch', async () => {
    const whole = await train(input());
    const first = await train(input({ spec: toySpec({ epochs: 2, batchPerDevice: 8 }) }));
    const resume = deserialiseState(serialiseState(first.state), 'state');
    const { state } = await train(input({ resume }));
    expect(state.buffers).toEqual(whole.state.buffers);
    expect(state.best).toEqual(whole.state.best);
    expect(state.best?.buffers[1]).toBe(5 * state.best!.epoch);
  });

  it('of another model are refused', async () => {
    const { state } = await train(input());
    const resume = { ...state, buffers: new Float32Array(2) };
    await expect(train(input({ resume }))).rejects.toThrow(InputError);
  });

  it('leave no tensor behind', async () => {
    await train(input());
    const before = memory().numTensors;
    await train(input());
    expect(memory().numTensors).toBe(before);
  });
});
