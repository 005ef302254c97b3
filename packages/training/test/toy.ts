import type { Model, ParameterEntry } from '@litmatter/models';
import { buildGraphs, MersenneTwister, moleculeSet } from '@litmatter/molecules';
import { type TrainingSpec, training } from '@litmatter/protocol';
import { add, matMul, reshape, type Tensor1D, tanh, tensor2d } from '@tensorflow/tfjs-core';
import type { TrainingData } from '../src/data.ts';

/** What the toy model sees of a molecule: its atoms by element (H, C, N, O) and its pair distances, summed. */
const features = 5;
const hidden = 6;
const elements = [1, 6, 7, 8];

const entry = (name: string, shape: number[], offset: number): ParameterEntry => ({
  name,
  shape,
  offset,
  size: shape.reduce((a, b) => a * b),
  initialise: (values, _shape, random) => {
    for (let i = 0; i < values.length; i++) values[i] = (random() - 0.5) / 2;
  },
});

/** Two dense layers on counts: a model that computes in microseconds and still has everything a model has. */
export const toyModel: Model = {
  layout: {
    entries: [
      entry('first.weight', [features, hidden], 0),
      entry('first.bias', [hidden], features * hidden),
      entry('second.weight', [hidden, 1], features * hidden + hidden),
    ],
    size: features * hidden + 2 * hidden,
  },
  upload(batch) {
    const counts = new Float32Array(batch.molecules * features);
    for (let a = 0; a < batch.atoms; a++) {
      counts[batch.moleculeOf[a] * features + elements.indexOf(batch.atomicNumbers[a])] += 0.2;
    }
    for (let e = 0; e < batch.edges; e++) {
      const molecule = batch.moleculeOf[batch.target[e]];
      counts[molecule * features + 4] += 0.01 * batch.pairDistance[batch.pairOf[e]];
    }
    const tensors = { counts: tensor2d(counts, [batch.molecules, features]) };
    return { host: batch, tensors, dispose: () => tensors.counts.dispose() };
  },
  forward(parameters, batch) {
    const inner = tanh(
      add(matMul(batch.tensors.counts, parameters['first.weight']), parameters['first.bias']),
    );
    return reshape(matMul(inner, parameters['second.weight']), [batch.host.molecules]) as Tensor1D;
  },
};

/** Random molecules of 1 to 7 atoms whose target is a smooth function of what the toy model sees. */
export function toyData({ train = 40, validation = 8, test = 8, seed = 1 } = {}): TrainingData {
  const twister = new MersenneTwister(seed);
  const next = () => twister.next() / 2 ** 32;
  const molecules = Array.from({ length: train + validation + test }, () => {
    const atomicNumbers = Array.from(
      { length: 1 + Math.floor(7 * next()) },
      () => elements[Math.floor(4 * next())],
    );
    const positions = atomicNumbers.map(() => [3 * next(), 3 * next(), 3 * next()]);
    const heavy = atomicNumbers.filter((z) => z > 1).length;
    return { atomicNumbers, positions, targets: { energy: -5 * heavy + atomicNumbers.length } };
  });
  const set = moleculeSet(molecules, { energy: 'eV' });
  const place = (from: number, count: number) => Uint32Array.from({ length: count }, (_, i) => from + i);
  return {
    set,
    graphs: buildGraphs(set, { kind: 'radius', cutoff: 4 }),
    split: {
      train: place(0, train),
      validation: place(train, validation),
      test: place(train + validation, test),
    },
    target: 'energy',
  };
}

export function toySpec(changes: Partial<TrainingSpec> = {}): TrainingSpec {
  return { ...training.parse({ epochs: 3, batchPerDevice: 8, learningRate: 0.01 }), ...changes };
}
