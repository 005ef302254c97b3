/**
 * SchNet, as torch_geometric.nn.models.SchNet computes it.
 *
 * K. T. Schuett, P.-J. Kindermans, H. E. Sauceda, S. Chmiela, A. Tkatchenko, K.-R. Mueller: SchNet: A continuous-filter
 * convolutional neural network for modeling quantum interactions. NeurIPS 2017, arXiv:1706.08566.
 *
 * Beside the paper: a cosine cutoff on every filter, and 128 features where the paper has 64.
 */
import { type Batch, elementSymbols } from '@litmatter/molecules';
import { InputError } from '@litmatter/protocol';
import {
  add,
  dispose,
  keep,
  mul,
  reshape,
  type Tensor1D,
  type Tensor2D,
  tensor1d,
  tidy,
} from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineModel } from './define.ts';
import { linear, linearOnto, parameter } from './layers.ts';
import type {
  BatchTensors,
  ForwardMode,
  Model,
  ParameterLayout,
  ParameterViews,
  StateDict,
} from './model.ts';
import { collectTensors } from './ops/collect.ts';
import { type GaussianBasis, gaussianBasis, gaussians } from './ops/gaussians.ts';
import { type Interpolation, interpolateEach, uploadInterpolation } from './ops/interpolation.ts';
import { neighbourSum, type PairGraph, pairCount, uploadPairs } from './ops/neighbour-sum.ts';
import { combineRows, type RowMap, uploadRows } from './ops/rows.ts';
import { sideBySide } from './ops/side-by-side.ts';
import { embeddingTable, moleculeTable } from './ops/tables.ts';
import { given, normalButFirstRow, xavierUniform, zeros } from './parameters/initialisers.ts';
import { LayoutBuilder } from './parameters/layout.ts';

/** Rows of the embedding: atomic numbers 0 (padding) to 99. */
const elements = 100;

/** Distances between two Gaussian centres at which a tabulated filter is evaluated: its error is then 4e-7. */
const gridPerGaussian = 20;

const width = z.number().int().positive().max(4096);

export const schnetOptions = z
  .strictObject({
    hiddenChannels: width.default(128).describe('Features of each atom.'),
    numFilters: width.default(128).describe('Features of the filters between atoms.'),
    numInteractions: z.number().int().positive().max(64).default(6).describe('Interaction blocks.'),
    numGaussians: z
      .number()
      .int()
      .min(2)
      .max(1024)
      .default(50)
      .describe('Gaussians a distance is expanded in.'),
    cutoff: z.number().positive().max(100).default(10).describe('How far an atom sees, in angstrom.'),
    readout: z.enum(['add', 'mean']).default('add').describe('How the atoms of a molecule are put together.'),
    filter: z
      .enum(['exact', 'tabulated'])
      .default('exact')
      .describe(
        'Filters computed for every pair, or tabulated and interpolated: two times as fast, and the same to float32.',
      ),
    mean: z.number().nullable().default(null).describe('Added to what each atom contributes; with std.'),
    std: z
      .number()
      .positive()
      .nullable()
      .default(null)
      .describe('What each atom contributes is multiplied by it.'),
    atomref: z
      .array(z.number())
      .max(elements)
      .nullable()
      .default(null)
      .describe('Starting value of each element, by atomic number from 0.'),
  })
  .refine(({ mean, std }) => (mean === null) === (std === null), {
    path: ['std'],
    message: 'must be given together with mean',
  });

export type SchNetOptions = z.infer<typeof schnetOptions>;

/** What SchNet needs of a batch, on the backend. */
interface SchNetBatch extends BatchTensors {
  /** Z_i as a map from the embedding's rows to atoms: [100, F] -> [N, F]. */
  readonly species: RowMap;
  /** The sum (or mean) over the atoms of each molecule: [N, 1] -> [M, 1]. */
  readonly readout: RowMap;
  /** Pairs of atoms, each scaled by the cosine cutoff of its distance. */
  readonly pairs: PairGraph;
  /** e_k(d) [P, K] of every pair, or [G, K] of the grid where filters are tabulated. */
  readonly expansion: Tensor2D;
  /** From filters on the grid to filters of pairs: [G, F] -> [P, F]. */
  readonly interpolation: Interpolation | undefined;
}

/** Names, shapes, order and starting values of PyG's SchNet. */
function layoutOf(o: SchNetOptions): ParameterLayout {
  const { hiddenChannels: hidden, numFilters: filters } = o;
  const half = Math.max(1, Math.floor(hidden / 2));
  const layout = new LayoutBuilder().add('embedding.weight', [elements, hidden], normalButFirstRow);
  for (let t = 0; t < o.numInteractions; t++) {
    const block = `interactions.${t}`;
    layout
      .linear(`${block}.mlp.0`, o.numGaussians, filters, xavierUniform, zeros)
      .linear(`${block}.mlp.2`, filters, filters, xavierUniform, zeros)
      .linear(`${block}.conv.lin1`, hidden, filters, xavierUniform)
      .linear(`${block}.conv.lin2`, filters, hidden, xavierUniform, zeros)
      .linear(`${block}.lin`, hidden, hidden, xavierUniform, zeros);
  }
  layout.linear('lin1', hidden, half, xavierUniform, zeros).linear('lin2', half, 1, xavierUniform, zeros);
  if (o.atomref) {
    layout.add('atomref.weight', [elements, 1], given(startingValues(o.atomref)));
  }
  return layout.build();
}

/** PyG's SchNet lists its filter networks a second time, and the centres of the Gaussians. */
function stateDictOf(o: SchNetOptions, { centres }: GaussianBasis): StateDict {
  const filters = Array.from({ length: o.numInteractions }, (_, t) => `interactions.${t}`).flatMap((block) =>
    ['0.weight', '0.bias', '2.weight', '2.bias'].map((part) => [
      `${block}.conv.nn.${part}`,
      `${block}.mlp.${part}`,
    ]),
  );
  const offset = {
    name: 'distance_expansion.offset',
    shape: [o.numGaussians],
    values: centres,
    telling: true,
  };
  const start = o.atomref && {
    name: 'initial_atomref',
    shape: [elements, 1],
    values: startingValues(o.atomref),
    telling: false,
  };
  return { aliases: Object.fromEntries(filters), constants: start ? [offset, start] : [offset] };
}

/** By atomic number [100]. */
function startingValues(atomref: readonly number[]): Float32Array {
  return Float32Array.from({ length: elements }, (_, z) => atomref[z] ?? 0);
}

/** C(d) = (cos(pi d / cutoff) + 1) / 2 for d < cutoff [P]: PyG's addition, after Behler. */
function cosineCutoff(distances: Float32Array, cutoff: number): Float32Array {
  return distances.map((d) => 0.5 * (Math.cos((Math.PI * d) / cutoff) + 1));
}

/** Distances [P] of a batch's pairs; one of 0 that counts for nothing where there is no pair. */
function distancesOf(batch: Batch): Float32Array {
  const distances = new Float32Array(pairCount(batch));
  distances.set(batch.pairDistance);
  return distances;
}

function checkElements({ atomicNumbers }: Batch): void {
  const unknown = atomicNumbers.find((z) => z >= elements);
  if (unknown === undefined) return;
  throw new InputError(
    `SchNet knows the elements up to ${elementSymbols[elements - 1]} (${elements - 1}); a molecule has ` +
      `${elementSymbols[unknown]} (${unknown}). Leave out the molecules with other elements.`,
  );
}

class SchNet implements Model {
  readonly layout: ParameterLayout;
  readonly stateDict: StateDict;
  readonly #options: SchNetOptions;
  readonly #basis: GaussianBasis;
  /** G */
  readonly #gridPoints: number;

  constructor(options: SchNetOptions) {
    this.#options = options;
    this.layout = layoutOf(options);
    this.#basis = gaussianBasis(0, options.cutoff, options.numGaussians);
    this.stateDict = stateDictOf(options, this.#basis);
    this.#gridPoints = gridPerGaussian * (options.numGaussians - 1) + 1;
  }

  upload(host: Batch): SchNetBatch {
    checkElements(host);
    const { cutoff, readout, filter } = this.#options;
    const distances = distancesOf(host);
    // Of no pair there is one all the same, which counts for nothing.
    const scale = new Float32Array(distances.length);
    scale.set(cosineCutoff(host.pairDistance, cutoff));
    const tabulated =
      filter === 'tabulated' ? uploadInterpolation(distances, scale, cutoff, this.#gridPoints) : undefined;
    const parts = {
      species: uploadRows(embeddingTable(host.atomicNumbers, elements)),
      readout: uploadRows(moleculeTable(host, readout)),
      // What is interpolated is scaled already.
      pairs: tabulated
        ? uploadPairs(host, new Float32Array(scale.length).fill(1), tabulated.pairRows)
        : uploadPairs(host, scale),
      expansion: this.#expand(tabulated ? this.#grid() : distances),
      interpolation: tabulated?.interpolation,
    };
    const tensors = collectTensors(parts);
    return { host, ...parts, tensors, dispose: () => dispose(tensors) };
  }

  #grid(): Float32Array {
    const step = this.#options.cutoff / (this.#gridPoints - 1);
    return Float32Array.from({ length: this.#gridPoints }, (_, g) => g * step);
  }

  /** e_k(d) = exp(-gamma (d - mu_k)^2): [P] -> [P, K] */
  #expand(distances: Float32Array): Tensor2D {
    const { centres, coefficient } = this.#basis;
    return tidy(() => keep(gaussians(tensor1d(distances), tensor1d(centres), coefficient)));
  }

  forward(p: ParameterViews, batch: SchNetBatch, _mode: ForwardMode): Tensor1D {
    // x_i = a_{Z_i}: each atom starts as its element's embedding [N, H].
    let x = combineRows(parameter(p, 'embedding.weight'), batch.species);
    const blocks = Array.from({ length: this.#options.numInteractions }, (_, t) => `interactions.${t}`);
    const { expansion, interpolation } = batch;
    // On the grid, which is small, the filters of all blocks at once; those of every pair block by block.
    const filters = interpolation && interpolateEach(filterNetworks(p, blocks, expansion), interpolation);
    // x_i <- x_i + v_i
    for (const [t, name] of blocks.entries()) {
      const filter = filters ? filters[t] : filterNetworks(p, [name], expansion)[0];
      x = interaction(p, name, x, filter, batch.pairs);
    }
    // What each atom contributes [N, 1].
    let y = linear(p, 'lin2', linear(p, 'lin1', x, { activation: 'ssp' }));
    const { mean, std, atomref } = this.#options;
    if (mean !== null && std !== null) y = add(mul(y, std), mean);
    if (atomref) y = add(y, combineRows(parameter(p, 'atomref.weight'), batch.species));
    return reshape(combineRows(y, batch.readout), [batch.host.molecules]);
  }
}

/** x + v, v = atom-wise (ssp (atom-wise (cfconv (atom-wise (x))))): [N, H] -> [N, H] */
function interaction(
  p: ParameterViews,
  name: string,
  x: Tensor2D,
  filter: Tensor2D,
  pairs: PairGraph,
): Tensor2D {
  // Equation 1: sum over j of x_j * W(r_i - r_j) [N, F].
  const sum = neighbourSum(linear(p, `${name}.conv.lin1`, x), filter, pairs);
  return linearOnto(p, `${name}.lin`, x, linear(p, `${name}.conv.lin2`, sum, { activation: 'ssp' }));
}

/** The blocks' filter-generating networks W(d), each two dense layers on the expanded distance: [R, K] -> [R, F]. */
function filterNetworks(p: ParameterViews, blocks: readonly string[], expansion: Tensor2D): Tensor2D[] {
  const layer = (name: string) => ({
    weight: parameter<Tensor2D>(p, `${name}.weight`),
    bias: parameter<Tensor1D>(p, `${name}.bias`),
  });
  const networks = blocks.map((name) => ({ first: layer(`${name}.mlp.0`), second: layer(`${name}.mlp.2`) }));
  return sideBySide(expansion, networks, 'ssp');
}

const defaults = schnetOptions.parse({});

export const schnet = defineModel({
  name: 'schnet',
  title: 'SchNet',
  description: 'Continuous-filter convolutions over the distances between atoms; needs 3D structures.',
  reference:
    'K. T. Schuett, P.-J. Kindermans, H. E. Sauceda, S. Chmiela, A. Tkatchenko, K.-R. Mueller: SchNet: A ' +
    'continuous-filter convolutional neural network for modeling quantum interactions. NeurIPS 2017, arXiv:1706.08566.',
  options: schnetOptions,
  presets: {
    small: {
      description: 'For a laptop: three interactions of 64 features, filters tabulated.',
      options: {
        ...defaults,
        hiddenChannels: 64,
        numFilters: 64,
        numInteractions: 3,
        numGaussians: 25,
        filter: 'tabulated',
      },
      training: { batchPerDevice: 32, learningRate: 1e-3 },
    },
    paper: {
      description:
        "The paper's scaling study: PyTorch Geometric's defaults, 455,809 parameters; filters tabulated, which changes " +
        'the seventh digit.',
      options: { ...defaults, filter: 'tabulated' },
      training: {
        epochs: 200,
        batchPerDevice: 128,
        learningRate: 1e-3,
        loss: 'mse',
        schedule: 'plateau',
        plateau: { factor: 0.7, patience: 5, minimum: 1e-5 },
      },
    },
  },
  graph: ({ cutoff }) => ({ kind: 'radius', cutoff }),
  elements: Array.from({ length: elements - 1 }, (_, i) => i + 1),
  build: (options) => new SchNet(options),
});
