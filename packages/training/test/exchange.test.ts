import { initialiseParameters } from '@litmatter/models';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Collective } from '../src/collective/collective.ts';
import { SingleCollective } from '../src/collective/single.ts';
import { trainEpoch } from '../src/epoch.ts';
import { agreedOrder, StepExchange } from '../src/exchange.ts';
import { Learner } from '../src/learner.ts';
import { freshState } from '../src/train.ts';
import { startTestBackend } from './backend.ts';
import { toyData, toyModel, toySpec } from './toy.ts';

beforeAll(() => startTestBackend());

/** The first of two ranks whose other does what it does: sums are twice its own. Keeps what it was asked for. */
class Twin implements Collective {
  readonly kind = 'mpi';
  readonly size = 2;
  readonly rank: number;
  readonly asked: string[] = [];
  readonly told: Float32Array[] = [];
  #started: Float32Array[] = [];

  constructor(rank = 0) {
    this.rank = rank;
  }

  async allReduce(values: Float32Array): Promise<void> {
    this.asked.push(`all ${values.length}`);
    this.told.push(values.slice());
    for (const part of [...this.#started, values]) part.set(part.map((value) => 2 * value));
    this.#started = [];
  }

  startAllReduce(values: Float32Array): void {
    this.asked.push(`start ${values.length}`);
    this.#started.push(values);
  }

  advance(): void {}

  async broadcast(values: Float32Array): Promise<void> {
    if (this.rank > 0) values.set([2, 0]);
  }

  async gather(values: Float64Array): Promise<Float64Array[]> {
    return [values, values];
  }

  async barrier(): Promise<void> {}
}

const data = toyData({ train: 40 });
const spec = toySpec({ epochs: 1, batchPerDevice: 8 });

/** An epoch, its gradients in parts of so many floats or at once. */
async function epochWith(collective: Collective, floats?: number) {
  const learner = new Learner(toyModel, spec.loss, { mean: 0, std: 1 });
  const state = freshState(toyModel, data, spec);
  learner.setWeights(state);
  const used = floats === undefined ? undefined : [0, 1, 2];
  const exchange = new StepExchange(collective, toyModel, used, floats);
  await trainEpoch({ data, spec, collective, learner, exchange, shouldStop: () => false }, state, 1);
  learner.dispose();
  return state;
}

describe('the exchange of a step', () => {
  it('gives the same parameters bit for bit, in parts as at once', async () => {
    const whole = await epochWith(new Twin());
    const parts = await epochWith(new Twin(), 6);
    expect(parts.parameters).toEqual(whole.parameters);
    expect(parts.parameters).not.toEqual(initialiseParameters(toyModel.layout, spec.seed));
  });

  it('sends parts from the end of the order of use ahead, and the head with what is left last', async () => {
    const twin = new Twin();
    await epochWith(twin, 6);
    // second.weight [6, 1] and first.bias [6] leave ahead of first.weight [5, 6], which is large enough to do so too.
    expect(twin.asked.slice(0, 4)).toEqual(['start 6', 'start 6', 'start 30', 'all 3']);
    const few = new Twin();
    await epochWith(few, 12);
    expect(few.asked.slice(0, 2)).toEqual(['start 12', 'start 30']);
  });

  it('sends all at once where parts would be too small or the collective knows none', async () => {
    const twin = new Twin();
    await epochWith(twin, 43);
    expect(new Set(twin.asked)).toEqual(new Set(['all 45']));
    expect(new StepExchange(new SingleCollective(), toyModel, [0, 1, 2], 1).ahead).toBeUndefined();
  });

  it('cuts a large model into larger parts, for MPI keeps a request of each', () => {
    const entries = Array.from({ length: 1000 }, (_, i) => ({
      ...{ name: `p${i}`, shape: [10], size: 10, offset: 10 * i, initialise: () => {} },
    }));
    const model = { ...toyModel, layout: { entries, size: 10_000 } };
    const used = entries.map((_, i) => i);
    const { ahead } = new StepExchange(new Twin(), model, used, 20);
    expect(ahead!.plan.parts.length).toBeLessThanOrEqual(64);
    expect(ahead!.plan.parts.length).toBeGreaterThan(32);
  });

  it('adds up what a rank says of itself: samples, stop, loss; buffers are rank 0’s', async () => {
    const model = { ...toyModel, buffers: { entries: [], size: 2 } };
    for (const rank of [0, 1]) {
      const exchange = new StepExchange(new Twin(rank), model);
      exchange.own.set([5, 7, 8]);
      const { count, stop, loss, buffers, gradient } = await exchange.sum(4, rank === 1);
      expect({ count, stop, loss }).toEqual({ count: 8, stop: rank === 1, loss: 10 });
      expect([...buffers]).toEqual(rank === 0 ? [14, 16] : [0, 0]);
      expect(gradient).toHaveLength(toyModel.layout.size);
    }
  });
});

describe('the order of parts', () => {
  it('is what rank 0 sees, on every rank', async () => {
    const never = () => {
      throw new Error('only rank 0 looks');
    };
    expect(await agreedOrder(new Twin(0), toyModel, () => [2, 0])).toEqual([2, 0]);
    expect(await agreedOrder(new Twin(1), toyModel, never)).toEqual([2, 0]);
  });

  it('is not asked for where nothing can be sent ahead', async () => {
    expect(await agreedOrder(new SingleCollective(), toyModel, () => [0])).toBeUndefined();
  });
});
