/*
 * A model to copy: it is whole, type-checked and tested (test/SKELETON.test.ts), but stands in no registry.
 *
 *   1. `litmatter new model NAME` copies this file. Write your equations here, and in `forward` what they say.
 *   2. `options` is what can be chosen; presets are choices worth a name, with the recipe they are trained with.
 *   3. `layoutOf` names the parameters as PyTorch would: with these names weights are written and read.
 *   4. `upload` puts onto the backend, once a batch, what no parameter changes; `forward` is differentiated.
 *   5. A litmatter.config.ts names it: defineConfig({ models: [skeleton] }). The same file then trains in the browser.
 *
 * The example: a small message-passing network on the distances between atoms, which sees neither where a molecule lies
 * nor how it is turned.
 *
 *     x_i = a_(Z_i)                                   each atom starts as its element's embedding
 *     m_i = sum over j of  (U x_j) * (W e(|r_i - r_j|))  C(|r_i - r_j|)
 *     x_i <- x_i + ssp(V m_i)                         and so on, `rounds` times
 *     y   = sum over i of  w . x_i
 *
 * e(d) expands a distance in Gaussians; C(d) = (1 + cos(pi d / cutoff)) / 2 lets an atom leave without a jump.
 */

import {
  type BatchTensors,
  collectTensors,
  combineRows,
  defineModel,
  embeddingTable,
  gaussianBasis,
  gaussians,
  LayoutBuilder,
  linear,
  type Model,
  moleculeTable,
  neighbourSum,
  normal,
  type PairGraph,
  type ParameterViews,
  pairCount,
  parameter,
  type RowMap,
  uploadPairs,
  uploadRows,
  xavierUniform,
  zeros,
} from '@litmatter/models';
import type { Batch } from '@litmatter/molecules';
import {
  add,
  dispose,
  keep,
  reshape,
  type Tensor1D,
  type Tensor2D,
  tensor1d,
  tidy,
} from '@tensorflow/tfjs-core';
import { z } from 'zod';

/** What can be chosen of the model. The dashboard draws its form from this. */
const options = z.strictObject({
  features: z.number().int().positive().max(1024).default(32).describe('Features of each atom.'),
  rounds: z.number().int().positive().max(16).default(2).describe('Rounds of messages.'),
  gaussians: z.number().int().min(2).max(256).default(16).describe('Gaussians a distance is expanded in.'),
  cutoff: z.number().positive().max(100).default(5).describe('How far an atom sees, in angstrom.'),
});

type Options = z.infer<typeof options>;

/** Rows of the embedding: one for every atomic number there is. */
const elements = 119;

/** What the model needs of a batch, on the backend. */
interface Uploaded extends BatchTensors {
  /** From the embedding's rows to atoms: [119, F] -> [N, F]. */
  readonly species: RowMap;
  /** From atoms to molecules: [N, 1] -> [M, 1]. */
  readonly readout: RowMap;
  /** The neighbours of each atom, each pair scaled by C(d). */
  readonly pairs: PairGraph;
  /** e(d): [P, K]. */
  readonly expansion: Tensor2D;
}

/** Names and shapes of the parameters, in PyTorch's order [out, in]; with them a weight file is read and written. */
function layoutOf({ features, rounds, gaussians: count }: Options) {
  const layout = new LayoutBuilder().add('embedding.weight', [elements, features], normal);
  for (let t = 0; t < rounds; t++) {
    layout
      .linear(`rounds.${t}.filter`, count, features, xavierUniform)
      .linear(`rounds.${t}.source`, features, features, xavierUniform)
      .linear(`rounds.${t}.update`, features, features, xavierUniform, zeros);
  }
  return layout.linear('readout', features, 1, zeros, zeros).build();
}

function build(chosen: Options): Model {
  const { rounds, cutoff } = chosen;
  const { centres, coefficient } = gaussianBasis(0, cutoff, chosen.gaussians);

  /** Once a batch: put onto the backend what no parameter changes. */
  function upload(host: Batch): Uploaded {
    const distances = new Float32Array(pairCount(host));
    distances.set(host.pairDistance);
    const parts = {
      species: uploadRows(embeddingTable(host.atomicNumbers, elements)),
      readout: uploadRows(moleculeTable(host, 'add')),
      pairs: uploadPairs(
        host,
        host.pairDistance.map((d) => (1 + Math.cos((Math.PI * d) / cutoff)) / 2),
      ),
      expansion: tidy(() => keep(gaussians(tensor1d(distances), tensor1d(centres), coefficient))),
    };
    const tensors = collectTensors(parts);
    return { host, ...parts, tensors, dispose: () => dispose(tensors) };
  }

  /** The equations: predictions [M], differentiable in the parameters. */
  function forward(p: ParameterViews, batch: Uploaded): Tensor1D {
    let x = combineRows(parameter(p, 'embedding.weight'), batch.species);
    for (let t = 0; t < rounds; t++) {
      const filters = linear(p, `rounds.${t}.filter`, batch.expansion, { inputGradient: false });
      const messages = neighbourSum(linear(p, `rounds.${t}.source`, x), filters, batch.pairs);
      x = add(x, linear(p, `rounds.${t}.update`, messages, { activation: 'ssp' }));
    }
    const sums = combineRows(linear(p, 'readout', x), batch.readout);
    return reshape(sums, [batch.host.molecules]);
  }

  return { layout: layoutOf(chosen), upload, forward };
}

export const skeleton = defineModel({
  name: 'skeleton',
  title: 'Skeleton',
  description: 'A small message-passing network on distances; needs 3D structures.',
  reference: 'Authors: title. Journal, year.',
  options,
  presets: {
    small: {
      description: 'For a laptop.',
      options: options.parse({}),
      training: { batchPerDevice: 32, learningRate: 1e-3 },
    },
  },
  graph: ({ cutoff }) => ({ kind: 'radius', cutoff }),
  build,
});
