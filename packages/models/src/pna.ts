/**
 * The network of PyTorch Geometric's ZINC example with PNA (pna.py).
 *
 * G. Corso, L. Cavalleri, D. Beaini, P. Lio, P. Velickovic: Principal neighbourhood aggregation for graph nets.
 * NeurIPS 2020, arXiv:2004.05718.
 *
 * The layer before the aggregators is linear, so it is applied to atoms and to bond types, never to edges; the layer
 * behind them too, so the scalers multiply what comes out of it, not the 12 statistics that go in.
 */
import type { Batch } from '@litmatter/molecules';
import { InputError } from '@litmatter/protocol';
import {
  add,
  concat,
  concat1d,
  dispose,
  div,
  keep,
  matMul,
  mul,
  reshape,
  split,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  tensor2d,
} from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { addBatchNorm, addRunningMoments, batchNormRelu } from './blocks/batch-norm.ts';
import { defineModel } from './define.ts';
import { linear, parameter } from './layers.ts';
import type {
  BatchTensors,
  BufferLayout,
  DataStatistics,
  ForwardMode,
  Model,
  ParameterLayout,
  ParameterViews,
} from './model.ts';
import { collectTensors } from './ops/collect.ts';
import { dense } from './ops/dense.ts';
import { type BondGraph, neighbourStatistics, uploadBonds } from './ops/neighbour-statistics.ts';
import { combineRows, type RowMap, uploadRows } from './ops/rows.ts';
import { sumScaled } from './ops/sum-scaled.ts';
import { lookupTable, moleculeTable } from './ops/tables.ts';
import { normal } from './parameters/initialisers.ts';
import { BufferBuilder, LayoutBuilder } from './parameters/layout.ts';

/** Mean, least, largest, deviation; and what each is scaled by: nothing, amplification, attenuation. */
const aggregators = 4;
const scalers = 3;

/** Variances below it count as none. */
const varianceFloor = 1e-5;

const width = z.number().int().positive().max(1024);

export const pnaOptions = z
  .strictObject({
    hiddenChannels: width.default(75).describe('Features of each atom; a multiple of the towers.'),
    edgeDim: width.default(50).describe('Features of each type of bond.'),
    numLayers: z.number().int().positive().max(64).default(4).describe('Convolutions.'),
    towers: z.number().int().positive().max(64).default(5).describe('Parts that aggregate side by side.'),
    atomTypes: z.number().int().positive().max(4096).default(28).describe('Atom types that can be embedded.'),
    bondTypes: z
      .number()
      .int()
      .positive()
      .max(16)
      .default(4)
      .describe('Bond orders that can be embedded, 0 included.'),
    compat: z
      .enum(['current', 'pyg-2.0.2'])
      .default('current')
      .describe(
        'Aggregate as PyTorch Geometric does today, or as it did when the scaling study ran: average degree and attenuation were wrong.',
      ),
  })
  .refine((o) => o.hiddenChannels % o.towers === 0, {
    message: 'must be a multiple of the towers',
    path: ['hiddenChannels'],
  });

export type PNAOptions = z.infer<typeof pnaOptions>;

/** What the network needs of a batch, on the backend. */
interface PNABatch extends BatchTensors {
  /** Atom types as a map from the embedding's rows to atoms: [types, F] -> [N, F]. */
  readonly species: RowMap;
  readonly graph: BondGraph;
  /** [N, 1] ln(d + 1) for the in-degree d of each atom, and for d at least 1. */
  readonly logDegree: Tensor2D;
  readonly logDegreeFromOne: Tensor2D;
  /** [N, 1] */
  readonly ones: Tensor2D;
  /** The sum over the atoms of each molecule: [N, F] -> [M, F]. */
  readonly readout: RowMap;
}

const convolution = (t: number) => `convs.${t}`;
const normalisation = (t: number) => `batch_norms.${t}.module`;

/** Widths of the layers behind the readout: 75, 50, 25, 1 for 75 features. */
function headWidths(hidden: number): readonly [number, number, number, number] {
  return [hidden, Math.max(1, Math.round((2 * hidden) / 3)), Math.max(1, Math.round(hidden / 3)), 1];
}

/** Names, shapes, order and starting values of the example's network. */
function layoutOf(o: PNAOptions): ParameterLayout {
  const { hiddenChannels: hidden, towers } = o;
  const layout = new LayoutBuilder()
    .add('node_emb.weight', [o.atomTypes, hidden], normal)
    .add('edge_emb.weight', [o.bondTypes, o.edgeDim], normal);
  for (let t = 0; t < o.numLayers; t++) {
    const name = convolution(t);
    layout.torchLinear(`${name}.edge_encoder`, o.edgeDim, hidden);
    for (let tower = 0; tower < towers; tower++) {
      layout.torchLinear(`${name}.pre_nns.${tower}.0`, 3 * hidden, hidden);
    }
    for (let tower = 0; tower < towers; tower++) {
      layout.torchLinear(
        `${name}.post_nns.${tower}.0`,
        (1 + aggregators * scalers) * hidden,
        hidden / towers,
      );
    }
    layout.torchLinear(`${name}.lin`, hidden, hidden);
  }
  for (let t = 0; t < o.numLayers; t++) addBatchNorm(layout, normalisation(t), hidden);
  const widths = headWidths(hidden);
  for (let k = 0; k < 3; k++) layout.torchLinear(`mlp.${2 * k}`, widths[k], widths[k + 1]);
  return layout.build();
}

/** The average degree that the scalers compare with, d and ln(d + 1), and the running moments. */
function buffersOf(o: PNAOptions): BufferLayout {
  const buffers = new BufferBuilder();
  for (let t = 0; t < o.numLayers; t++) {
    const name = `${convolution(t)}.aggr_module`;
    buffers
      .add(`${name}.avg_deg_lin`, [1], (values, data) => values.fill(averageDegree(data, (d) => d)))
      .add(`${name}.avg_deg_log`, [1], (values, data) => values.fill(averageLogDegree(data, o.compat)));
  }
  for (let t = 0; t < o.numLayers; t++) addRunningMoments(buffers, normalisation(t), o.hiddenChannels);
  return buffers.build();
}

function averageDegree({ degreeHistogram }: DataStatistics, of: (degree: number) => number): number {
  const atoms = degreeHistogram.reduce((sum, count) => sum + count, 0);
  return degreeHistogram.reduce((sum, count, degree) => sum + count * of(degree), 0) / atoms;
}

/** delta, the mean of ln(d + 1). PyG 2.0.2 took the histogram's counts for degrees. */
function averageLogDegree(data: DataStatistics, compat: PNAOptions['compat']): number {
  if (compat === 'current') return averageDegree(data, (degree) => Math.log(degree + 1));
  const { degreeHistogram: counts } = data;
  return counts.reduce((sum, count) => sum + Math.log(count + 1), 0) / counts.length;
}

class PNA implements Model {
  readonly layout: ParameterLayout;
  readonly buffers: BufferLayout;
  readonly #options: PNAOptions;

  constructor(options: PNAOptions) {
    this.#options = options;
    this.layout = layoutOf(options);
    this.buffers = buffersOf(options);
  }

  upload(host: Batch): PNABatch {
    const { atomTypes, bondTypes, towers, compat } = this.#options;
    const types = host.atomTypes ?? host.atomicNumbers;
    checkTypes(host, types, atomTypes);
    checkBonds(host, bondTypes);
    const { atoms, edgeStart } = host;
    const perAtom = (value: (degree: number) => number) =>
      keep(
        tensor2d(
          Float32Array.from({ length: atoms }, (_, i) => value(edgeStart[i + 1] - edgeStart[i])),
          [atoms, 1],
        ),
      );
    const fromOne = (degree: number) => Math.log(Math.max(1, degree) + 1);
    const parts = {
      species: uploadRows(lookupTable(types, atomTypes)),
      graph: uploadBonds(host, bondTypes, towers),
      // PyG 2.0.2 never took a degree for less than 1.
      logDegree: perAtom(compat === 'current' ? (degree) => Math.log(degree + 1) : fromOne),
      logDegreeFromOne: perAtom(fromOne),
      ones: perAtom(() => 1),
      readout: uploadRows(moleculeTable(host, 'add')),
    };
    const tensors = collectTensors(parts);
    return { host, ...parts, tensors, dispose: () => dispose(tensors) };
  }

  forward(p: ParameterViews, batch: PNABatch, mode: ForwardMode): Tensor1D {
    let x = combineRows(parameter(p, 'node_emb.weight'), batch.species);
    for (let t = 0; t < this.#options.numLayers; t++) {
      x = batchNormRelu(p, normalisation(t), this.#convolve(p, convolution(t), x, batch, mode), mode);
    }
    const sum = combineRows(x, batch.readout);
    const hidden = linear(p, 'mlp.2', linear(p, 'mlp.0', sum, { activation: 'relu' }), {
      activation: 'relu',
    });
    return reshape(linear(p, 'mlp.4', hidden), [batch.host.molecules]);
  }

  /** Equation 8: the aggregators of linear messages, each as it is, amplified and attenuated, then linear again. */
  #convolve(p: ParameterViews, name: string, x: Tensor2D, batch: PNABatch, mode: ForwardMode): Tensor2D {
    const { towers, compat } = this.#options;
    const features = x.shape[1];
    const bonds = linear(p, `${name}.edge_encoder`, parameter(p, 'edge_emb.weight'));
    // M(x_i, x_j, e_ij) = A x_i + B x_j + C e_ij + b of all towers side by side [N, T F].
    const before = this.#stacked(p, `${name}.pre_nns`);
    const [a, b, c] = split(before.weight, 3, 1) as Tensor2D[];
    const statistics = neighbourStatistics(
      dense(x, a),
      dense(x, b),
      // Every message has one bond, so the bias may be added to the few rows there are of those.
      dense(bonds, c, { bias: before.bias }),
      batch.graph,
      { deviation: compat === 'current' ? 'floored' : 'softened', floor: varianceFloor },
    );
    // U(x_i, statistics): V x_i + c, and the columns of each scaler beside each other for every output feature.
    const after = this.#stacked(p, `${name}.post_nns`);
    const [v, u] = split(after.weight, [features, aggregators * scalers * features], 1) as Tensor2D[];
    const rows = (features / towers) * scalers;
    const perScaler: Tensor3D = reshape(u, [towers, rows, aggregators * features]);
    const aggregated = sumScaled(matMul(statistics, perScaler, false, true), this.#scales(name, batch, mode));
    const out: Tensor2D = add(dense(x, v, { bias: after.bias }), aggregated);
    return linear(p, `${name}.lin`, out);
  }

  /** The layers of all towers as one: weights [T out, in], biases [T out]. */
  #stacked(p: ParameterViews, name: string): { weight: Tensor2D; bias: Tensor1D } {
    const towers = Array.from({ length: this.#options.towers }, (_, tower) => `${name}.${tower}.0`);
    const weights = towers.map((tower) => parameter<Tensor2D>(p, `${tower}.weight`));
    return {
      weight: concat(weights, 0) as Tensor2D,
      bias: concat1d(towers.map((tower) => parameter<Tensor1D>(p, `${tower}.bias`))),
    };
  }

  /**
   * What every atom's statistics are multiplied by [N, 3]: 1, ln(d + 1) / delta, delta / ln(d + 1). Equation 5. In PyG
   * 2.0.2 each scaler multiplied what the one before had left, so the third gave back the first.
   */
  #scales(name: string, batch: PNABatch, { buffers }: ForwardMode): Tensor2D {
    if (!buffers) throw new Error(`"${name}" needs the model's buffers: give them with the mode.`);
    const { ones, logDegree, logDegreeFromOne } = batch;
    const delta = parameter<Tensor1D>(buffers, `${name}.aggr_module.avg_deg_log`);
    const amplification = div(logDegree, delta);
    const attenuation = div(delta, logDegreeFromOne);
    const third = this.#options.compat === 'current' ? attenuation : mul(amplification, attenuation);
    return concat([ones, amplification, third], 1) as Tensor2D;
  }
}

function checkTypes({ moleculeOf }: Batch, types: Int32Array, known: number): void {
  const atom = types.findIndex((type) => type < 0 || type >= known);
  if (atom < 0) return;
  throw new InputError(
    `PNA is set to know the atom types 0 to ${known - 1}; molecule ${moleculeOf[atom] + 1} of the batch has an atom of ` +
      `type ${types[atom]}. Raise its option atomTypes, or leave the molecule out.`,
  );
}

function checkBonds({ bondOrder, moleculeOf, target }: Batch, known: number): void {
  const edge = bondOrder.findIndex((order) => order >= known);
  if (edge < 0) return;
  throw new InputError(
    `PNA is set to know the bond orders 0 to ${known - 1}; molecule ${moleculeOf[target[edge]] + 1} of the batch has a ` +
      `bond of order ${bondOrder[edge]}${bondOrder[edge] === 4 ? ' (aromatic)' : ''}. Write its rings with single and ` +
      'double bonds, or raise its option bondTypes.',
  );
}

const defaults = pnaOptions.parse({});

export const pna = defineModel({
  name: 'pna',
  title: 'PNA',
  description:
    'Mean, least, largest and spread of the messages over bonds, scaled by degree; needs bonds and no 3D structure.',
  reference:
    'G. Corso, L. Cavalleri, D. Beaini, P. Lio, P. Velickovic: Principal neighbourhood aggregation for graph nets. ' +
    'NeurIPS 2020, arXiv:2004.05718.',
  options: pnaOptions,
  presets: {
    small: {
      description: 'For a laptop: three convolutions of 40 features in 4 towers.',
      options: { ...defaults, hiddenChannels: 40, edgeDim: 20, numLayers: 3, towers: 4 },
      training: { batchPerDevice: 32, learningRate: 1e-3, loss: 'l1' },
    },
    paper: {
      description: "The paper's scaling study: PyTorch Geometric's ZINC example, 677,901 parameters.",
      options: defaults,
      training: {
        epochs: 1000,
        batchPerDevice: 128,
        learningRate: 1e-3,
        loss: 'l1',
        schedule: 'plateau',
        plateau: { factor: 0.5, patience: 20, minimum: 1e-5 },
        normaliseTarget: false,
      },
    },
  },
  graph: () => ({ kind: 'bonds', atomTypes: 'zinc' }),
  build: (options) => new PNA(options),
});
