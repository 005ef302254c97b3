/**
 * The message-passing network of PyTorch Geometric's QM9 example with NNConv (qm9_nn_conv.py).
 *
 * J. Gilmer, S. S. Schoenholz, P. F. Riley, O. Vinyals, G. E. Dahl: Neural message passing for quantum chemistry.
 * ICML 2017, arXiv:1704.01212.
 *
 * The matrix of an edge is linear in what its network's hidden layer says of it, so the messages into an atom are
 * summed before that layer's coefficients are applied: no edge ever has a matrix.
 */
import {
  type Batch,
  qm9AtomFeatureCount,
  qm9AtomFeatures,
  qm9Elements,
  qm9PairFeatureCount,
  qm9PairFeatures,
} from '@litmatter/molecules';
import {
  concat,
  dispose,
  keep,
  pad,
  reshape,
  type Tensor1D,
  type Tensor2D,
  tensor2d,
  transpose,
} from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { addGru, gru } from './blocks/gru.ts';
import { addSet2Set, type MoleculePlaces, set2set, uploadPlaces } from './blocks/set2set.ts';
import { defineModel } from './define.ts';
import { linear, parameter } from './layers.ts';
import type { BatchTensors, ForwardMode, Model, ParameterLayout, ParameterViews } from './model.ts';
import { collectTensors } from './ops/collect.ts';
import { dense, denseOnto } from './ops/dense.ts';
import { edgesFor, type Segments, uploadPairRows, uploadSegments, uploadSources } from './ops/edges.ts';
import { outerSum } from './ops/outer-sum.ts';
import { combineRows, type RowMap } from './ops/rows.ts';
import { fanInUniform, zeros } from './parameters/initialisers.ts';
import { LayoutBuilder } from './parameters/layout.ts';

const width = z.number().int().positive().max(1024);
const steps = z.number().int().positive().max(64);

export const nnconvOptions = z.strictObject({
  dim: width.default(64).describe('Features of each atom.'),
  edgeHidden: width.default(128).describe("Features of the edge network's hidden layer."),
  numSteps: steps.default(3).describe('Rounds of messages, all with the same weights.'),
  processingSteps: steps.default(3).describe('How often the readout looks at the atoms.'),
});

export type NNConvOptions = z.infer<typeof nnconvOptions>;

/** What the network needs of a batch, on the backend. */
interface NNConvBatch extends BatchTensors {
  /** [N, 11] */
  readonly atomFeatures: Tensor2D;
  /** [P, 5] */
  readonly pairFeatures: Tensor2D;
  /** From pairs to edges, each divided by its target's in-degree: [P, F] -> [R, F]. */
  readonly pairsToEdges: RowMap;
  /** From atoms to the edges that leave them: [N, F] -> [R, F]. */
  readonly sources: RowMap;
  readonly segments: Segments;
  readonly places: MoleculePlaces;
}

/** Names, shapes, order and starting values of the example's network. */
function layoutOf({ dim, edgeHidden }: NNConvOptions): ParameterLayout {
  const layout = new LayoutBuilder()
    .torchLinear('lin0', qm9AtomFeatureCount, dim)
    .add('conv.bias', [dim], zeros)
    .torchLinear('conv.nn.0', qm9PairFeatureCount, edgeHidden)
    .torchLinear('conv.nn.2', edgeHidden, dim * dim)
    .linear('conv.lin', dim, dim, fanInUniform);
  addGru(layout, 'gru', dim, dim);
  addSet2Set(layout, 'set2set', dim);
  return layout
    .torchLinear('lin1', 2 * dim, dim)
    .torchLinear('lin2', dim, 1)
    .build();
}

class NNConv implements Model {
  readonly layout: ParameterLayout;
  readonly #options: NNConvOptions;

  constructor(options: NNConvOptions) {
    this.#options = options;
    this.layout = layoutOf(options);
  }

  upload(host: Batch): NNConvBatch {
    const rows = edgesFor(host, 'OuterSum');
    const share = Float32Array.from(host.target, (i) => 1 / (host.edgeStart[i + 1] - host.edgeStart[i]));
    const pairFeatures = new Float32Array(Math.max(1, host.pairs) * qm9PairFeatureCount);
    pairFeatures.set(qm9PairFeatures(host));
    const parts = {
      atomFeatures: keep(tensor2d(qm9AtomFeatures(host), [host.atoms, qm9AtomFeatureCount])),
      pairFeatures: keep(tensor2d(pairFeatures, [Math.max(1, host.pairs), qm9PairFeatureCount])),
      pairsToEdges: uploadPairRows(host, rows, share),
      sources: uploadSources(host, rows),
      segments: uploadSegments(host, rows),
      places: uploadPlaces(host),
    };
    const tensors = collectTensors(parts);
    return { host, ...parts, tensors, dispose: () => dispose(tensors) };
  }

  forward(p: ParameterViews, batch: NNConvBatch, _mode: ForwardMode): Tensor1D {
    const data = { activation: 'relu', inputGradient: false } as const;
    // h_i^0 [N, F]
    let h = linear(p, 'lin0', batch.atomFeatures, data);
    // [a_ij, 1] / (in-degree of i) [R, H + 1]: the same in every round.
    const a = combineRows(hiddenOfPairs(p, batch.pairFeatures), batch.pairsToEdges);
    const theta = this.#coefficients(p);
    for (let t = 0; t < this.#options.numSteps; t++) {
      h = gru(p, 'gru', this.#messages(p, h, a, theta, batch), h);
    }
    const read = set2set(p, 'set2set', h, batch.places, this.#options.processingSteps);
    const y = linear(p, 'lin2', linear(p, 'lin1', read, { activation: 'relu' }));
    return reshape(y, [batch.host.molecules]);
  }

  /** Theta(e)[f, o] = sum over k of W[f o, k] a_k + b[f o]: W and b as one dense layer [F, (H + 1) F] from (k, f) to o. */
  #coefficients(p: ParameterViews): Tensor2D {
    const { dim, edgeHidden } = this.#options;
    const weight = reshape(parameter<Tensor2D>(p, 'conv.nn.2.weight'), [dim, dim, edgeHidden]);
    const bias = reshape(parameter<Tensor1D>(p, 'conv.nn.2.bias'), [dim, dim, 1]);
    return reshape(transpose(concat([weight, bias], 2), [1, 2, 0]), [dim, (edgeHidden + 1) * dim]);
  }

  /** m_i = relu(mean over j of h_j^T Theta(e_ij) + W h_i + b): [N, F] -> [N, F]. Equation 2 and section 5.1. */
  #messages(p: ParameterViews, h: Tensor2D, a: Tensor2D, theta: Tensor2D, batch: NNConvBatch): Tensor2D {
    // mean over j of [a_ij, 1] (outer) h_j [N, (H + 1) F]
    const z = outerSum(a, combineRows(h, batch.sources), batch.segments);
    const own = dense(h, parameter(p, 'conv.lin.weight'), { bias: parameter(p, 'conv.bias') });
    return denseOnto(own, z, theta, { activation: 'relu' });
  }
}

/**
 * The hidden layer a of the edge network with a feature more that is always 1, so that the next layer's bias is one
 * more column of its weights: [P, 5] -> [P, H + 1].
 */
function hiddenOfPairs(p: ParameterViews, features: Tensor2D): Tensor2D {
  const weight = pad(parameter<Tensor2D>(p, 'conv.nn.0.weight'), [
    [0, 1],
    [0, 0],
  ]);
  const bias = pad(parameter<Tensor1D>(p, 'conv.nn.0.bias'), [[0, 1]], 1);
  return dense(features, weight, { bias, activation: 'relu', inputGradient: false });
}

const defaults = nnconvOptions.parse({});

export const nnconv = defineModel({
  name: 'nnconv',
  title: 'NNConv',
  description:
    'Messages through a matrix made from each bond and distance, gated memories and an attentive readout; needs bonds ' +
    'and 3D structures of H, C, N, O and F.',
  reference:
    'J. Gilmer, S. S. Schoenholz, P. F. Riley, O. Vinyals, G. E. Dahl: Neural message passing for quantum chemistry. ' +
    'ICML 2017, arXiv:1704.01212.',
  options: nnconvOptions,
  presets: {
    small: {
      description: 'For a laptop: 32 features, an edge network of 32.',
      options: { ...defaults, dim: 32, edgeHidden: 32 },
      training: { batchPerDevice: 32, learningRate: 1e-3 },
    },
    paper: {
      description: "The paper's scaling study: PyTorch Geometric's QM9 example, 617,025 parameters.",
      options: defaults,
      training: {
        epochs: 200,
        batchPerDevice: 128,
        learningRate: 1e-3,
        loss: 'mse',
        schedule: 'plateau',
        plateau: { factor: 0.7, patience: 5, minimum: 1e-5 },
        normaliseTarget: true,
      },
    },
  },
  graph: () => ({ kind: 'complete' }),
  elements: qm9Elements,
  build: (options) => new NNConv(options),
});
