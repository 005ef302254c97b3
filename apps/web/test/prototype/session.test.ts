import { resolveModel } from '@litmatter/models';
import { startBackend } from '@litmatter/models/node';
import { buildGraphs, moleculeSet } from '@litmatter/molecules';
import { training } from '@litmatter/protocol';
import type { TrainingData } from '@litmatter/training';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Job, Report, ShownMolecule } from '../../src/prototype/messages.ts';
import { report } from '../../src/prototype/messages.ts';
import { Session } from '../../src/prototype/session.ts';

const options = { hiddenChannels: 8, numFilters: 8, numInteractions: 1, numGaussians: 8, cutoff: 4 };
const jobOf = (name = 'schnet', own: Record<string, unknown> = options): Job => ({
  model: { name, preset: 'small', options: own },
  dataset: { name: 'bundled', options: {}, split: { train: 0.8, validation: 0.1, test: 0.1, seed: 42 } },
  training: training.parse({ batchPerDevice: 4 }),
  backend: 'cpu',
});

/** Chains of carbon and oxygen whose target is their length. */
function chains(): TrainingData {
  const molecules = Array.from({ length: 16 }, (_, m) => {
    const atoms = Array.from({ length: 2 + (m % 4) }, (_, a) => a);
    return {
      id: `chain ${m}`,
      atomicNumbers: atoms.map((a) => ((a + m) % 3 === 0 ? 8 : 6)),
      positions: atoms.map((a) => [1.4 * a, 0.1 * m, 0]),
      bonds: atoms.slice(1).map((a) => [a - 1, a, 1]),
      targets: { gap: atoms.length },
    };
  });
  const set = moleculeSet(molecules, { gap: 'eV' });
  const places = (from: number, to: number) => Uint32Array.from({ length: to - from }, (_, k) => from + k);
  return {
    set,
    graphs: buildGraphs(set, { kind: 'radius', cutoff: options.cutoff }),
    split: { train: places(0, 10), validation: places(10, 16), test: places(16, 16) },
    target: 'gap',
  };
}

/** A session and all it says, each message decoded as the page does it. */
function open(job = jobOf(), from: ConstructorParameters<typeof Session>[3] = null) {
  const said: Report[] = [];
  const post = (message: Report) => said.push(report.parse(message));
  const session = new Session(job, resolveModel(job.model), chains(), from, post);
  const ended = session.run();
  const until = async (met: () => boolean) => {
    for (let turn = 0; !met(); turn++) {
      if (turn > 4_000) throw new Error(`waited in vain; last said: ${JSON.stringify(said.at(-1))}`);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  const taken = () => said.findLast((one) => one.type === 'progress')?.taken ?? from?.taken ?? 0;
  const steps = async (count: number) => {
    const goal = taken() + count;
    session.setPace({ steps: count, perSecond: null });
    const still = () => said.findLast((one) => one.type === 'progress')?.running === false;
    await until(() => taken() === goal && still());
  };
  const shown = () => said.findLast((one): one is ShownMolecule => one.type === 'molecule');
  return { session, said, ended, steps, until, shown };
}

beforeAll(() => startBackend('cpu'));

describe('a training session', () => {
  it('scores before the first step, takes the steps it is given and then waits', async () => {
    const { session, said, steps, until } = open();
    await until(() => said.some((one) => one.type === 'score'));
    expect(said.find((one) => one.type === 'score')).toMatchObject({ at: 0 });
    await steps(4);
    const scores = said.filter((one) => one.type === 'score');
    expect(scores.map(({ at }) => at)).toEqual([0, 1]);
    expect(said.findLast((one) => one.type === 'progress')).toMatchObject({
      taken: 4,
      running: false,
      step: 1,
    });
    expect(said.findLast((one) => one.type === 'progress')).toHaveProperty('launches', expect.any(Number));
    session.close();
  });

  it('does not say that it has paused before it was told to go', async () => {
    const { session, said, until } = open();
    await until(() => said.some((one) => one.type === 'molecule'));
    session.setPace({ steps: null, perSecond: null });
    await until(() => said.some((one) => one.type === 'progress'));
    expect(said.find((one) => one.type === 'progress')).toMatchObject({ running: true });
    session.close();
  });

  it('tells the last score when it pauses, however short the epochs', async () => {
    const { session, said, steps, until } = open();
    await until(() => said.some((one) => one.type === 'score'));
    await steps(60);
    const scores = said.filter((one) => one.type === 'score');
    expect(scores.at(-1)!.at).toBe(20);
    session.close();
  });

  it('goes on from a position as though it had never stopped', async () => {
    const whole = open();
    await whole.steps(5);
    const first = open();
    await first.steps(2);
    const from = first.session.position();
    first.session.close();
    const second = open(jobOf(), from);
    await second.steps(3);
    expect(second.session.position()).toEqual(whole.session.position());
    second.session.close();
    whole.session.close();
  });

  it('splits a prediction among the atoms where the model sums over them, and only there', async () => {
    const sum = open();
    await sum.steps(3);
    const { predicted, contributions } = sum.shown()!;
    expect(contributions!.reduce((total, part) => total + part)).toBeCloseTo(predicted, 4);
    sum.session.close();
    const mean = open(jobOf('schnet', { ...options, readout: 'mean' }));
    await mean.steps(3);
    expect(mean.shown()!.contributions).toBeNull();
    mean.session.close();
  });

  it('shows the molecule with the largest error first when asked for the worst', async () => {
    const { session, said, steps, until, shown } = open();
    await steps(1);
    session.look({ by: 'worst', at: 0 });
    await until(() => shown()?.rank === 1);
    const score = said.findLast((one) => one.type === 'score')!;
    const errors = score.truth.map((value, k) => Math.abs(value - score.predicted[k]!));
    expect(errors[shown()!.place]).toBe(Math.max(...errors));
    session.close();
  });

  it('gives its weights out as safetensors and predicts the same once they are back', async () => {
    const first = open();
    await first.steps(6);
    const file = first.session.weights();
    const scores = (said: Report[]) => said.findLast((one) => one.type === 'score')!.predicted;
    const second = open();
    await second.until(() => second.said.some((one) => one.type === 'score'));
    expect(await second.session.load(file, 'mine.safetensors')).toContain('epoch 2');
    expect(scores(second.said)).toEqual(scores(first.said));
    first.session.close();
    await expect(second.session.load(file.slice(0, 40), 'cut.safetensors')).rejects.toThrow(
      /cut\.safetensors/,
    );
    second.session.close();
  });

  it('predicts other molecules as it predicts its own, and shows them', async () => {
    const { session, said, steps, until, shown } = open();
    await steps(3);
    const score = said.findLast((one) => one.type === 'score')!;
    const { set, split } = chains();
    const { ids, predicted } = await session.predict(set, 'mine.sdf');
    expect(ids).toEqual(Array.from({ length: set.size }, (_, m) => `chain ${m}`));
    await steps(0);
    expect(split.validation).toHaveLength(6);
    for (const [k, m] of Array.from(split.validation).entries()) {
      expect(predicted[m]).toBeCloseTo(score.predicted[k]!, 4);
    }
    session.look({ by: 'own', at: 2 });
    await until(() => shown()?.from === 'own');
    expect(shown()).toMatchObject({ place: 2, of: 16, id: 'chain 2', truth: null, rank: null });
    expect(shown()!.predicted).toBeCloseTo(predicted[2]!, 5);
    session.close();
  });

  it('gives the hub its weights and the batch it has predicted with them', async () => {
    const { session, steps } = open();
    await steps(2);
    const { molecules, predicted, weights } = await session.parityCase();
    expect(molecules).toEqual([10, 11, 12, 13]);
    expect(predicted).toHaveLength(4);
    expect(weights).toEqual(session.weights());
    session.close();
  });

  it('refuses a batch that a device’s buffers do not hold, and says how many fit', async () => {
    const { session } = open();
    expect(await session.checkSize(null)).toBeNull();
    const roomy = await session.checkSize(1 << 20);
    expect(roomy!.batch).toBeGreaterThan(50);
    const twice = await session.checkSize(1 << 21);
    expect(twice!.batch / roomy!.batch).toBeCloseTo(2, 1);
    await expect(session.checkSize(30_000)).rejects.toThrow(/A batch of 4 molecules does not fit/);
    await expect(session.checkSize(100)).rejects.toThrow(/a single molecule needs more/);
    session.close();
  });

  it('ends with what went wrong where the loss is no number', async () => {
    const job = jobOf();
    const { session, ended } = open({ ...job, training: { ...job.training, learningRate: 1e30 } });
    const failed = expect(ended).rejects.toThrow(/Lower the learning rate/);
    session.setPace({ steps: null, perSecond: null });
    await failed;
  });
});
