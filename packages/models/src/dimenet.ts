/**
 * DimeNet, as torch_geometric.nn.models.DimeNet computes it.
 *
 * J. Klicpera, J. Gross, S. Guennemann: Directional message passing for molecular graphs. ICLR 2020, arXiv:2003.03123.
 *
 * As in PyG, three things are not the paper's: the angle of k -> j -> i is taken at i (see `Triplets`), the envelope of
 * the spherical basis is divided by the distance, and messages are scaled by the distance of k -> j.
 */
import { type Batch, envelope, radialFunctions } from '@litmatter/molecules';
import { InputError } from '@litmatter/protocol';
import {
  add,
  dispose,
  keep,
  matMul,
  mul,
  reshape,
  sin,
  split,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  tensor2d,
  tensor3d,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineModel } from './define.ts';
import { linear, parameter } from './layers.ts';
import type { BatchTensors, ForwardMode, Model, ParameterLayout, ParameterViews } from './model.ts';
import { activate } from './ops/activation.ts';
import { bilinear, type TripletGraph, uploadTriplets } from './ops/bilinear.ts';
import { collectTensors } from './ops/collect.ts';
import { dense } from './ops/dense.ts';
import { raggedEdges, uploadPairRows, uploadSources, uploadTargetSums, uploadTargets } from './ops/edges.ts';
import { plus } from './ops/plus.ts';
import { radialProduct } from './ops/radial-product.ts';
import { memoryIsShort, recomputed } from './ops/recompute.ts';
import { combineRows, type RowMap, uploadRows } from './ops/rows.ts';
import { lookupTable, moleculeTable } from './ops/tables.ts';
import { given, glorotOrthogonal, scaledNormal, uniform, zeros } from './parameters/initialisers.ts';
import { LayoutBuilder } from './parameters/layout.ts';

/** Rows of the embedding: atomic numbers 0 to 94. */
const elements = 95;

const width = z.number().int().positive().max(4096);
const few = z.number().int().positive().max(64);

export const dimenetOptions = z.strictObject({
  hiddenChannels: width.default(128).describe('Features of each message.'),
  numBlocks: few.default(6).describe('Interaction blocks.'),
  numBilinear: few.default(8).describe('Width of the bilinear layer between messages and angles.'),
  numSpherical: few.max(12).default(7).describe('Angular functions.'),
  numRadial: few.max(32).default(6).describe('Radial functions.'),
  cutoff: z.number().positive().max(100).default(5).describe('How far an atom sees, in angstrom.'),
  envelopeExponent: few.default(5).describe('How smoothly messages vanish at the cutoff.'),
  numBeforeSkip: z
    .number()
    .int()
    .min(0)
    .max(16)
    .default(1)
    .describe('Residual layers before the skip connection.'),
  numAfterSkip: z
    .number()
    .int()
    .min(0)
    .max(16)
    .default(2)
    .describe('Residual layers after the skip connection.'),
  numOutputLayers: z.number().int().min(0).max(16).default(3).describe('Hidden layers of each output block.'),
  outputInitializer: z
    .enum(['zeros', 'glorot_orthogonal'])
    .default('zeros')
    .describe('How the last layer of each output block starts; with zeros the first prediction is 0.'),
});

export type DimeNetOptions = z.infer<typeof dimenetOptions>;

/** What DimeNet needs of a batch, on the backend. */
interface DimeNetBatch extends BatchTensors {
  /** Z_i as a map from the embedding's rows to atoms: [95, F] -> [N, F]. */
  readonly species: RowMap;
  /** [P, 1] d / cutoff, and the envelope u of it. */
  readonly distance: Tensor2D;
  readonly envelope: Tensor2D;
  /** [L, P, K] u j_l(z_ln d / cutoff), normalised. */
  readonly spherical: Tensor3D;
  readonly triplets: TripletGraph;
  /** From pairs, targets and sources to edges: [., F] -> [E, F]. */
  readonly pairsToEdges: RowMap;
  readonly targets: RowMap;
  readonly sources: RowMap;
  /** Sums over the edges into an atom and over the atoms of a molecule: [E, F] -> [N, F], [N, F] -> [M, F]. */
  readonly incoming: RowMap;
  readonly readout: RowMap;
}

/** Names, shapes, order and starting values of PyG's DimeNet. */
function layoutOf(o: DimeNetOptions): ParameterLayout {
  const { hiddenChannels: hidden, numRadial, numBilinear } = o;
  const frequencies = Float32Array.from({ length: numRadial }, (_, n) => (n + 1) * Math.fround(Math.PI));
  const layout = new LayoutBuilder()
    .add('rbf.freq', [numRadial], given(frequencies))
    .add('emb.emb.weight', [elements, hidden], uniform(Math.sqrt(3)))
    .torchLinear('emb.lin_rbf', numRadial, hidden)
    .torchLinear('emb.lin', 3 * hidden, hidden);
  const square = (name: string) => layout.linear(name, hidden, hidden, glorotOrthogonal, zeros);
  for (let b = 0; b <= o.numBlocks; b++) {
    const name = `output_blocks.${b}`;
    layout.linear(`${name}.lin_rbf`, numRadial, hidden, glorotOrthogonal);
    for (let k = 0; k < o.numOutputLayers; k++) square(`${name}.lins.${k}`);
    layout.linear(`${name}.lin`, hidden, 1, o.outputInitializer === 'zeros' ? zeros : glorotOrthogonal);
  }
  for (let b = 0; b < o.numBlocks; b++) {
    const name = `interaction_blocks.${b}`;
    layout
      .add(`${name}.W`, [hidden, numBilinear, hidden], scaledNormal(2 / hidden))
      .linear(`${name}.lin_rbf`, numRadial, hidden, glorotOrthogonal)
      .linear(`${name}.lin_sbf`, o.numSpherical * numRadial, numBilinear, glorotOrthogonal);
    for (const part of ['lin_kj', 'lin_ji']) square(`${name}.${part}`);
    for (const layer of residuals(name, 'before', o.numBeforeSkip)) {
      square(`${layer}.lin1`);
      square(`${layer}.lin2`);
    }
    square(`${name}.lin`);
    for (const layer of residuals(name, 'after', o.numAfterSkip)) {
      square(`${layer}.lin1`);
      square(`${layer}.lin2`);
    }
  }
  return layout.build();
}

function residuals(block: string, side: 'before' | 'after', count: number): string[] {
  return Array.from({ length: count }, (_, k) => `${block}.layers_${side}_skip.${k}`);
}

class DimeNet implements Model {
  readonly layout: ParameterLayout;
  readonly #options: DimeNetOptions;

  constructor(options: DimeNetOptions) {
    this.#options = options;
    this.layout = layoutOf(options);
  }

  upload(host: Batch): DimeNetBatch {
    checkElements(host);
    const { cutoff, envelopeExponent, numSpherical } = this.#options;
    const rows = raggedEdges(host);
    const pairs = Math.max(1, host.pairs);
    const distance = new Float32Array(pairs);
    distance.set(host.pairDistance.map((d) => d / cutoff));
    const smooth = distance.map((x) => (x > 0 ? envelope(x, envelopeExponent) : 0));
    const parts = {
      species: uploadRows(lookupTable(host.atomicNumbers, elements)),
      distance: keep(tensor2d(distance, [pairs, 1])),
      envelope: keep(tensor2d(smooth, [pairs, 1])),
      spherical: this.#uploadSpherical(host),
      triplets: uploadTriplets(host, numSpherical),
      pairsToEdges: uploadPairRows(host, rows, new Float32Array(host.edges).fill(1)),
      targets: uploadTargets(host, rows),
      sources: uploadSources(host, rows),
      incoming: uploadTargetSums(host, rows),
      readout: uploadRows(moleculeTable(host, 'add')),
    };
    const tensors = collectTensors(parts);
    return { host, ...parts, tensors, dispose: () => dispose(tensors) };
  }

  /** The radial functions [P, L K] with the degrees outermost: [L, P, K]. */
  #uploadSpherical(host: Batch): Tensor3D {
    const { numSpherical, numRadial } = this.#options;
    const functions = radialFunctions(host, this.#options);
    const pairs = Math.max(1, host.pairs);
    const byDegree = new Float32Array(numSpherical * pairs * numRadial);
    for (let at = 0; at < functions.length; at++) {
      const [l, n] = [Math.floor(at / numRadial) % numSpherical, at % numRadial];
      const p = Math.floor(at / (numSpherical * numRadial));
      byDegree[(l * pairs + p) * numRadial + n] = functions[at];
    }
    return keep(tensor3d(byDegree, [numSpherical, pairs, numRadial]));
  }

  forward(p: ParameterViews, batch: DimeNetBatch, mode: ForwardMode): Tensor1D {
    const radial = this.#radial(p, batch);
    const rbf = combineRows(radial, batch.pairsToEdges);
    // m_ji [E, H]
    let m = this.#embed(p, radial, batch);
    let atoms = this.#output(p, 'output_blocks.0', m, rbf, batch);
    const lean = mode.training && memoryIsShort(this.#kept(rbf.shape[0]));
    for (let b = 0; b < this.#options.numBlocks; b++) {
      const name = `interaction_blocks.${b}`;
      m = lean
        ? recomputed(within(p, name), [m, rbf], (own, x, r) => this.#interact(own, name, x, r, batch))
        : tidy(() => this.#interact(p, name, m, rbf, batch));
      atoms = add(atoms, this.#output(p, `output_blocks.${b + 1}`, m, rbf, batch));
    }
    return reshape(combineRows(atoms, batch.readout), [batch.host.molecules]);
  }

  /** About how many bytes the interaction blocks keep for their gradient: 8 and 3 a residual layer of [E, H] each. */
  #kept(rows: number): number {
    const { hiddenChannels, numBlocks, numBeforeSkip, numAfterSkip } = this.#options;
    return 4 * rows * hiddenChannels * numBlocks * (8 + 3 * (numBeforeSkip + numAfterSkip));
  }

  /** e_n(d) = u(d / c) sin(f_n d / c), f_n = n pi at the start: [P, K]. Equation 7. */
  #radial(p: ParameterViews, { distance, envelope: u }: DimeNetBatch): Tensor2D {
    const frequencies = reshape(parameter<Tensor1D>(p, 'rbf.freq'), [1, this.#options.numRadial]);
    return mul(u, sin(matMul(distance, frequencies)));
  }

  /** swish(W [h_i, h_j, swish(W_rbf e)] + b), each part of W applied where its input lives: [E, H]. Equation 9. */
  #embed(p: ParameterViews, radial: Tensor2D, batch: DimeNetBatch): Tensor2D {
    const [ofTarget, ofSource, ofDistance] = split(
      parameter<Tensor2D>(p, 'emb.lin.weight'),
      3,
      1,
    ) as Tensor2D[];
    const species = parameter<Tensor2D>(p, 'emb.emb.weight');
    const perAtom = (weight: Tensor2D) => combineRows(dense(species, weight), batch.species);
    const distances = linear(p, 'emb.lin_rbf', radial, { activation: 'swish' });
    const perPair = dense(distances, ofDistance, { bias: parameter(p, 'emb.lin.bias') });
    const atoms = add(
      combineRows(perAtom(ofTarget), batch.targets),
      combineRows(perAtom(ofSource), batch.sources),
    );
    return activate(add(atoms, combineRows(perPair, batch.pairsToEdges)) as Tensor2D, 'swish');
  }

  /** t_i = sum over j of (W_rbf e) * m_ji, some layers, and one number an atom: [E, H] -> [N, 1]. */
  #output(p: ParameterViews, name: string, m: Tensor2D, rbf: Tensor2D, batch: DimeNetBatch): Tensor2D {
    let t = combineRows(radialProduct(m, rbf, parameter(p, `${name}.lin_rbf.weight`)), batch.incoming);
    for (let k = 0; k < this.#options.numOutputLayers; k++) {
      t = linear(p, `${name}.lins.${k}`, t, { activation: 'swish' });
    }
    return linear(p, `${name}.lin`, t);
  }

  /** Equations 10 and 11, figure 4: [E, H] -> [E, H]. */
  #interact(p: ParameterViews, name: string, m: Tensor2D, rbf: Tensor2D, batch: DimeNetBatch): Tensor2D {
    const { hiddenChannels: hidden, numBilinear, numBeforeSkip, numAfterSkip } = this.#options;
    const swish = { activation: 'swish' } as const;
    const scaled = radialProduct(
      linear(p, `${name}.lin_kj`, m, swish),
      rbf,
      parameter(p, `${name}.lin_rbf.weight`),
    );
    const weight: Tensor2D = reshape(parameter(p, `${name}.W`), [hidden, numBilinear * hidden]);
    const directional = bilinear(scaled, this.#angularWeights(p, name, batch), weight, batch.triplets);
    let h = plus(linear(p, `${name}.lin_ji`, m, swish), directional);
    for (const layer of residuals(name, 'before', numBeforeSkip)) h = residual(p, layer, h);
    h = plus(linear(p, `${name}.lin`, h, swish), m);
    for (const layer of residuals(name, 'after', numAfterSkip)) h = residual(p, layer, h);
    return h;
  }

  /** W_sbf applied to the radial part of the spherical basis, degree by degree: [L, P, B]. Equation 6. */
  #angularWeights(p: ParameterViews, name: string, { spherical }: DimeNetBatch): Tensor3D {
    const { numBilinear, numSpherical, numRadial } = this.#options;
    const weight = reshape(parameter<Tensor2D>(p, `${name}.lin_sbf.weight`), [
      numBilinear,
      numSpherical,
      numRadial,
    ]);
    return matMul(spherical, transpose(weight, [1, 2, 0]));
  }
}

/** The parameters of one block. */
function within(p: ParameterViews, block: string): ParameterViews {
  return Object.fromEntries(Object.entries(p).filter(([name]) => name.startsWith(`${block}.`)));
}

/** h + swish(W_2 swish(W_1 h)) */
function residual(p: ParameterViews, name: string, h: Tensor2D): Tensor2D {
  const inner = linear(p, `${name}.lin1`, h, { activation: 'swish' });
  return plus(h, linear(p, `${name}.lin2`, inner, { activation: 'swish' }));
}

function checkElements({ atomicNumbers, moleculeOf }: Batch): void {
  const atom = atomicNumbers.findIndex((z) => z >= elements);
  if (atom < 0) return;
  throw new InputError(
    `DimeNet knows the elements 1 to ${elements - 1}; molecule ${moleculeOf[atom] + 1} of the batch has an atom of ` +
      `atomic number ${atomicNumbers[atom]}: leave it out.`,
  );
}

const defaults = dimenetOptions.parse({});

export const dimenet = defineModel({
  name: 'dimenet',
  title: 'DimeNet',
  description: 'Messages between atoms that know distances and the angles between them; needs 3D structures.',
  reference:
    'J. Klicpera, J. Gross, S. Guennemann: Directional message passing for molecular graphs. ICLR 2020, ' +
    'arXiv:2003.03123.',
  options: dimenetOptions,
  presets: {
    small: {
      description: 'For a laptop: two blocks of 32 features, a bilinear layer of 4.',
      options: {
        ...defaults,
        hiddenChannels: 32,
        numBlocks: 2,
        numBilinear: 4,
        numSpherical: 5,
        numOutputLayers: 2,
        outputInitializer: 'glorot_orthogonal',
      },
      training: { batchPerDevice: 32, learningRate: 1e-3 },
    },
    paper: {
      description: "The paper's scaling study: PyTorch Geometric's DimeNet, 2,100,070 parameters.",
      options: defaults,
      training: {
        epochs: 200,
        batchPerDevice: 128,
        learningRate: 1e-3,
        loss: 'mse',
        schedule: 'plateau',
        plateau: { factor: 0.7, patience: 5, minimum: 1e-5 },
        normaliseTarget: false,
      },
    },
  },
  graph: ({ cutoff }) => ({ kind: 'radius', cutoff, triplets: true }),
  elements: Array.from({ length: elements - 1 }, (_, i) => i + 1),
  build: (options) => new DimeNet(options),
});
