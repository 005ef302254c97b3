import { initialiseParameters, type Model } from '@litmatter/models';
import { moleculeSet } from '@litmatter/molecules';
import { InputError } from '@litmatter/protocol';
import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { noNormalisation } from '../src/normalise.ts';
import { type Prediction, Predictor, predictMolecules } from '../src/predict.ts';
import { startTestBackend } from './backend.ts';
import { toyData, toyModel } from './toy.ts';

beforeAll(() => startTestBackend());

const weights = { parameters: initialiseParameters(toyModel.layout, 1), buffers: new Float32Array(0) };
const graph = { kind: 'radius', cutoff: 4 } as const;
const { set } = toyData();

async function all(
  predictor: Predictor,
  molecules = set,
  batchSize = 7,
): Promise<{ predictions: Prediction[]; batches: number }> {
  const predictions: Prediction[] = [];
  let batches = 0;
  for await (const batch of predictMolecules(predictor, molecules, graph, { what: 'x.sdf', batchSize })) {
    predictions.push(...batch);
    batches++;
  }
  return { predictions, batches };
}
const faultOf = (predictor: Predictor, molecules = set): Promise<InputError> =>
  all(predictor, molecules).then(
    () => Promise.reject(new Error('nothing was thrown')),
    (error: unknown) => {
      expect(error).toBeInstanceOf(InputError);
      return error as InputError;
    },
  );

/** A model that does not know an element. */
const without = (z: number): Model => ({
  ...toyModel,
  upload(batch) {
    if (batch.atomicNumbers.includes(z)) throw new InputError(`The element ${z} is not known.`);
    return toyModel.upload(batch);
  },
});

describe('predictions', () => {
  it('are one a molecule in order, in batches as they are asked for, whatever the batch size', async () => {
    const predictor = new Predictor(toyModel, weights, noNormalisation);
    const { predictions, batches } = await all(predictor);
    expect(predictions.map(({ molecule }) => molecule)).toEqual(
      Array.from({ length: set.size }, (_, m) => m),
    );
    expect(batches).toBe(Math.ceil(set.size / 7));
    const one = await all(predictor, set, 1000);
    expect(one.batches).toBe(1);
    for (const [m, { prediction }] of predictions.entries()) {
      expect(prediction).toBeCloseTo(one.predictions[m].prediction, 5);
    }
    predictor.dispose();
  });

  it("are in the target's own unit", async () => {
    const plain = (await all(new Predictor(toyModel, weights, noNormalisation))).predictions;
    const scaled = (await all(new Predictor(toyModel, weights, { mean: -3, std: 0.5 }))).predictions;
    for (const [m, { prediction }] of scaled.entries()) {
      expect(prediction).toBe(plain[m].prediction * 0.5 - 3);
    }
  });

  it('carry the names of the molecules, and their numbers where they have none', async () => {
    const atom = { atomicNumbers: [6], positions: [[0, 0, 0]] };
    const molecules = moleculeSet([
      { ...atom, id: 'methane' },
      { ...atom, id: '' },
    ]);
    const { predictions } = await all(new Predictor(toyModel, weights, noNormalisation), molecules);
    expect(predictions.map(({ id }) => id)).toEqual(['methane', '2']);
  });

  it('leave no tensor behind, though a molecule was refused', async () => {
    const before = memory().numTensors;
    const predictor = new Predictor(without(8), weights, noNormalisation);
    await faultOf(predictor);
    predictor.dispose();
    const other = new Predictor(toyModel, weights, noNormalisation);
    await all(other);
    other.dispose();
    expect(memory().numTensors).toBe(before);
  });
});

describe('a molecule that cannot be predicted', () => {
  it('is named before anything is predicted where the model does not know its element', async () => {
    const first = Array.from({ length: set.size }, (_, m) => m).find((m) =>
      set.atomicNumbers.subarray(set.atomOffsets[m], set.atomOffsets[m + 1]).includes(8),
    )!;
    const predictor = new Predictor(without(8), weights, noNormalisation);
    const asked = predictMolecules(predictor, set, graph, { what: 'x.sdf', batchSize: 1 });
    await expect(asked.next()).rejects.toThrow(
      `x.sdf, molecule ${first + 1} ("${first}"): The element 8 is not known.`,
    );
  });

  it('is named where only its batch is refused', async () => {
    const refusing: Model = {
      ...toyModel,
      upload(batch) {
        if (batch.positions.includes(7)) throw new InputError('Two atoms are in one place.');
        return toyModel.upload(batch);
      },
    };
    const atom = (x: number) => ({
      atomicNumbers: [6, 1],
      positions: [
        [0, 0, 0],
        [x, 0, 0],
      ],
    });
    const molecules = moleculeSet([1, 2, 3, 7, 5].map(atom));
    const { message } = await faultOf(new Predictor(refusing, weights, noNormalisation), molecules);
    expect(message).toBe('x.sdf, molecule 4 ("3"): Two atoms are in one place.');
  });

  it('is named where the prediction is not a finite number', async () => {
    const huge = { ...weights, parameters: weights.parameters.map((value) => value * 1e38) };
    const { message } = await faultOf(new Predictor(toyModel, huge, { mean: 0, std: 1e300 }));
    expect(message).toMatch(
      /^x\.sdf, molecule \d+ \("\d+"\): the prediction is -?(Infinity|NaN), not a finite/,
    );
  });

  it('that is a fault of ours is no fault of the input', async () => {
    const broken: Model = {
      ...toyModel,
      forward: () => {
        throw new TypeError('a slip');
      },
    };
    await expect(all(new Predictor(broken, weights, noNormalisation))).rejects.toThrow(TypeError);
  });
});
