import { collate } from '@litmatter/molecules';
import { beforeAll, describe, expect, it } from 'vitest';
import { SingleCollective } from '../src/collective/single.ts';
import { StepTrainer } from '../src/stepwise.ts';
import { train } from '../src/train.ts';
import { startTestBackend } from './backend.ts';
import { toyData, toyModel, toySpec } from './toy.ts';

beforeAll(() => startTestBackend());

/** Train whole epochs a step at a time, with the metric that `train` gives its schedule. */
async function walk(trainer: StepTrainer, data: ReturnType<typeof toyData>, epochs: number): Promise<void> {
  const { validation } = data.split;
  while (trainer.state.epoch < epochs) {
    if (!(await trainer.step()).epochDone) continue;
    const batch = collate(data.set, data.graphs, validation as Uint32Array, data.target);
    const predictions = await trainer.predict(batch);
    const errors = predictions.map((value, m) => Math.abs(value - batch.y[m]));
    trainer.endEpoch(errors.reduce((sum, error) => sum + error) / errors.length);
  }
}

describe('training a step at a time', () => {
  it('takes the steps that train takes with one rank, bit for bit', async () => {
    const [data, spec] = [toyData(), toySpec({ epochs: 3 })];
    const trainer = new StepTrainer(toyModel, data, spec);
    await walk(trainer, data, 3);
    const { state } = await train({
      model: toyModel,
      data,
      spec,
      collective: new SingleCollective(),
      place: { host: 'here', device: 'core 1', backend: 'cpu' },
      oversubscribed: false,
      report: () => {},
      shouldStop: () => false,
      warmUpSeconds: 0,
    });
    expect(trainer.state.parameters).toEqual(state.parameters);
    expect(trainer.state.adam).toEqual(state.adam);
  });

  it('goes on from the middle of an epoch as though it had never stopped', async () => {
    const [data, spec] = [toyData(), toySpec()];
    const whole = new StepTrainer(toyModel, data, spec);
    for (let step = 0; step < 4; step++) await whole.step();
    const first = new StepTrainer(toyModel, data, spec);
    for (let step = 0; step < 2; step++) await first.step();
    const position = first.position();
    // Steps taken after the copy do not change it.
    await first.step();
    const second = new StepTrainer(toyModel, data, spec, position);
    for (let step = 0; step < 2; step++) await second.step();
    expect(second.position()).toEqual(whole.position());
  });

  it('changes nothing in a step whose loss is not finite', async () => {
    const data = toyData();
    data.set.targets.energy.values[Number(data.split.train[0])] = Number.NaN;
    const spec = toySpec({ normaliseTarget: false, batchPerDevice: 64 });
    const trainer = new StepTrainer(toyModel, data, spec);
    const before = trainer.position();
    await expect(trainer.step()).rejects.toThrow(/epoch 1, step 1.*learning rate/);
    expect(trainer.position()).toEqual(before);
  });

  it('refuses the position of another model', () => {
    const data = toyData();
    const position = new StepTrainer(toyModel, data, toySpec()).position();
    const other = { ...position, state: { ...position.state, parameters: new Float32Array(3) } };
    expect(() => new StepTrainer(toyModel, data, toySpec(), other)).toThrow(/3 parameters, the model 42/);
  });
});
