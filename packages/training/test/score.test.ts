import { initialiseParameters, type Weights } from '@litmatter/models';
import { beforeAll, describe, expect, it } from 'vitest';
import { SingleCollective } from '../src/collective/single.ts';
import { noNormalisation } from '../src/normalise.ts';
import { Predictor, predictMolecules } from '../src/predict.ts';
import { score } from '../src/score.ts';
import { train } from '../src/train.ts';
import { startTestBackend } from './backend.ts';
import { toyData, toyModel, toySpec } from './toy.ts';

beforeAll(() => startTestBackend());

const data = toyData();
const weights = { parameters: initialiseParameters(toyModel.layout, 1), buffers: new Float32Array(0) };

describe('a score', () => {
  it('is what its definition makes of predictions and targets', async () => {
    const predictor = new Predictor(toyModel, weights, { mean: -9, std: 4 });
    const places = [3, 1, 20, 7, 50, 12];
    const predicted: number[] = [];
    const asked = predictMolecules(predictor, data.set, data.graphs.spec, { what: 'x', batchSize: 4 });
    for await (const batch of asked) predicted.push(...batch.map(({ prediction }) => prediction));
    const y = places.map((m) => data.set.targets.energy.values[m]);
    const errors = places.map((m, k) => predicted[m] - y[k]);
    const mean = y.reduce((a, b) => a + b) / y.length;
    const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
    const seen: number[] = [];
    const { count, mae, rmse, r2 } = await score(predictor, data, places, {
      batchSize: 4,
      onProgress: (done) => seen.push(done),
    });
    expect(count).toBe(6);
    expect(seen).toEqual([4, 6]);
    expect(mae).toBeCloseTo(sum(errors.map(Math.abs)) / 6, 5);
    expect(rmse).toBeCloseTo(Math.sqrt(sum(errors.map((e) => e * e)) / 6), 5);
    expect(r2).toBeCloseTo(1 - sum(errors.map((e) => e * e)) / sum(y.map((v) => (v - mean) ** 2)), 5);
  });

  it("has the test error that training ended with, and its best epoch's validation error", async () => {
    const { state, testMae } = await train({
      model: toyModel,
      data,
      spec: toySpec(),
      collective: new SingleCollective(),
      place: { host: 'here', device: 'core 1', backend: 'cpu' },
      oversubscribed: false,
      report: () => {},
      shouldStop: () => false,
      warmUpSeconds: 0,
    });
    const of = (trained: Weights, places: ArrayLike<number>) =>
      score(new Predictor(toyModel, trained, state.normalisation), data, places, { batchSize: 8 });
    expect(Math.fround((await of(state, data.split.test)).mae)).toBe(testMae);
    const best = await of(state.best!, data.split.validation);
    expect(Math.fround(best.mae)).toBe(state.best?.validationMae);
  });

  it('has no R^2 where all targets are equal', async () => {
    const predictor = new Predictor(toyModel, weights, noNormalisation);
    expect((await score(predictor, data, [4], { batchSize: 8 })).r2).toBeNull();
  });
});
