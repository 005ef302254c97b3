/**
 * Comparison with what PyTorch Geometric computes: the same weights, the same molecules, and how far outputs and
 * gradients differ. Runs wherever a backend has been started, in a test or in a page.
 */
import { type Batch, buildGraphs, collate, type GraphSpec, moleculeSet } from '@litmatter/molecules';
import { grad, mul, range, sum, type Tensor1D, tensor1d, tidy } from '@tensorflow/tfjs-core';
import { dimenet, dimenetOptions } from './dimenet.ts';
import type { ForwardMode, Model, ParameterEntry, ParameterLayout } from './model.ts';
import { nnconv, nnconvOptions } from './nnconv.ts';
import { initialiseParameters, parameterValues, startBuffers } from './parameters/layout.ts';
import { fnv1a } from './parameters/random.ts';
import { views } from './parameters/views.ts';
import { pna, pnaOptions } from './pna.ts';
import { schnet, schnetOptions } from './schnet.ts';

/** Atoms of several molecules, as golden/inputs.json has them. */
export interface GoldenInputs {
  readonly z: readonly number[];
  /** [N][3] angstrom */
  readonly pos: readonly (readonly number[])[];
  /** [N] molecule of each atom */
  readonly batch: readonly number[];
}

/** What PyG computed in float64. */
export interface GoldenRun {
  /** [M] */
  readonly out64: readonly number[];
  /** By parameter name: the norm of the gradient of sum over m of (m + 1) out_m. */
  readonly gradnorm64: Readonly<Record<string, number>>;
}

/** Largest relative differences: 1e-6 means equal to six digits. */
export interface Parity {
  readonly outputs: number;
  readonly gradients: number;
}

/** A bond between two atoms of the whole batch: atom, atom, order. */
type Bond = readonly [number, number, number];

export function goldenBatch(
  { z, pos, batch }: GoldenInputs,
  graph: GraphSpec,
  bonds: readonly Bond[] = [],
): Batch {
  const molecules = [...new Set(batch)];
  const set = moleculeSet(
    molecules.map((m) => {
      const first = batch.indexOf(m);
      return {
        atomicNumbers: z.filter((_, atom) => batch[atom] === m),
        positions: pos.filter((_, atom) => batch[atom] === m),
        bonds: bonds.filter(([i]) => batch[i] === m).map(([i, j, order]) => [i - first, j - first, order]),
      };
    }),
  );
  return collate(set, buildGraphs(set, graph), molecules);
}

/** Numbers in [-1, 1) from a parameter's name alone: an integer hash of FNV-1a(name) + k x 0x9E3779B9. */
export function hashedNumber(name: string, k: number): number {
  let x = (fnv1a(name) + Math.imul(k, 0x9e3779b9)) >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b) >>> 0;
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35) >>> 0;
  x = (x ^ (x >>> 16)) >>> 0;
  return (2 * x) / 2 ** 32 - 1;
}

/**
 * The weights of every golden run: hashed numbers / sqrt(last dimension), a tenth of them for vectors.
 *
 * @param padded - embeddings whose row 0 is zero
 */
export function goldenParameters(layout: ParameterLayout, padded: readonly string[] = []): Float32Array {
  const flat = new Float32Array(layout.size);
  for (const entry of layout.entries) {
    const values = parameterValues(flat, entry);
    values.set(values.map((_, k) => goldenValue(entry, k)));
    if (padded.includes(entry.name)) values.fill(0, 0, entry.size / entry.shape[0]);
  }
  return flat;
}

function goldenValue({ name, shape }: ParameterEntry, k: number): number {
  const value = hashedNumber(name, k);
  if (shape.length > 1) return value / Math.sqrt(shape[shape.length - 1]);
  // The scales of a BatchNorm lie about 1.
  return 0.1 * value + Number(name.includes('.module.weight'));
}

/** How a golden run was made, where that does not follow from the model. */
export interface GoldenMode {
  readonly training?: boolean;
  /** [S] of models that have buffers. */
  readonly buffers?: Float32Array;
}

/** Run a model forward and backward on the current backend and compare. */
export async function parity(
  model: Model,
  batch: Batch,
  parameters: Float32Array,
  golden: GoldenRun,
  { training = true, buffers }: GoldenMode = {},
): Promise<Parity> {
  const uploaded = model.upload(batch);
  const [outputs, gradient] = tidy(() => {
    const vector = tensor1d(parameters);
    const mode: ForwardMode = {
      training,
      ...(model.buffers && buffers && { buffers: views(tensor1d(buffers), model.buffers) }),
    };
    const run = (flat: Tensor1D) => model.forward(views(flat, model.layout), uploaded, mode);
    const weights = range(1, batch.molecules + 1);
    const gradient = grad((flat) => sum(mul(run(flat as Tensor1D), weights)))(vector);
    return [run(vector), gradient];
  });
  const [values, flat] = [await outputs.data<'float32'>(), await gradient.data<'float32'>()];
  for (const tensor of [outputs, gradient]) tensor.dispose();
  uploaded.dispose();
  const norms = model.layout.entries.map((entry) => norm(parameterValues(flat, entry)));
  return {
    outputs: largestDifference(values, golden.out64),
    gradients: largestDifference(
      norms,
      model.layout.entries.map(({ name }) => golden.gradnorm64[name] ?? Number.NaN),
    ),
  };
}

function norm(values: Float32Array): number {
  return Math.sqrt(values.reduce((total, value) => total + value * value, 0));
}

/**
 * Relative to what is wanted; NaN where either is NaN or the lengths differ. What is wanted to vanish (the gradient of a
 * bias before a BatchNorm, 1e-16 in PyG's float64) is held relative to the largest wanted.
 */
function largestDifference(actual: ArrayLike<number>, wanted: ArrayLike<number>): number {
  if (actual.length !== wanted.length) return Number.NaN;
  const most = Array.from(wanted).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  let largest = 0;
  for (let i = 0; i < wanted.length; i++) {
    const size = Math.abs(wanted[i]);
    const difference = Math.abs(actual[i] - wanted[i]) / (size > 1e-12 * most ? size : most);
    if (!(difference <= largest)) largest = difference;
    if (Number.isNaN(largest)) return largest;
  }
  return largest;
}

/** A golden run on a graph of PyG's: edges j -> i in two rows, and what they carry. */
export interface GoldenGraph<E> extends GoldenRun {
  readonly edge_index: readonly [readonly number[], readonly number[]];
  /** [E] */
  readonly edge_attr: readonly E[];
}

/** Each bond once, from edges that have both directions. */
function bondsOf<E>({ edge_index, edge_attr }: GoldenGraph<E>, orderOf: (edge: E) => number): Bond[] {
  const [sources, targets] = edge_index;
  return edge_attr
    .map((edge, e): Bond => [sources[e], targets[e], orderOf(edge)])
    .filter(([i, j, order]) => i < j && order > 0);
}

/** Options of a golden run that is not at full size. */
export type GoldenOptions = Readonly<Record<string, unknown>>;

/** NNConv against a golden run of PyG's, whose edges carry a one-hot bond order and the distance. */
export function nnconvParity(
  inputs: GoldenInputs,
  golden: GoldenGraph<readonly number[]>,
  options: GoldenOptions = {},
): Promise<Parity> {
  const read = nnconvOptions.parse(options);
  const model = nnconv.build(read);
  const bonds = bondsOf(golden, (edge) => edge.slice(0, 4).indexOf(1) + 1);
  const batch = goldenBatch(inputs, nnconv.graph(read), bonds);
  return parity(model, batch, goldenParameters(model.layout), golden);
}

/** A golden run of PNA's: the molecules' atom types and bonds, and the training split it was told of. */
export interface GoldenPNA extends GoldenGraph<number> {
  /** [N] */
  readonly x: readonly number[];
  /** [N] molecule of each atom */
  readonly batch: readonly number[];
  readonly deg_hist: readonly number[];
}

/** PNA with 21 atom types against a golden run of PyG's. */
export function pnaParity(
  golden: GoldenPNA,
  compat: 'current' | 'pyg-2.0.2',
  training: boolean,
  options: GoldenOptions = {},
): Promise<Parity> {
  const { x, batch: owner, deg_hist: degreeHistogram } = golden;
  const model = pna.build(pnaOptions.parse({ ...options, atomTypes: 21, compat }));
  const atoms = { z: x.map(() => 6), pos: x.map(() => [0, 0, 0]), batch: owner };
  const bonded = goldenBatch(
    atoms,
    { kind: 'bonds' },
    bondsOf(golden, (order) => order),
  );
  const batch = { ...bonded, atomTypes: Int32Array.from(x) };
  const mode = { training, buffers: startBuffers(model, { degreeHistogram }) };
  return parity(model, batch, goldenParameters(model.layout), golden, mode);
}

/** DimeNet against a golden run of PyG's. Its frequencies are as they start, its last layers are not zero. */
export function dimenetParity(
  inputs: GoldenInputs,
  golden: GoldenRun,
  options: GoldenOptions = {},
): Promise<Parity> {
  const read = dimenetOptions.parse(options);
  const model = dimenet.build(read);
  const parameters = goldenParameters(model.layout);
  const start = initialiseParameters({ ...model.layout, entries: model.layout.entries.slice(0, 1) }, 0);
  parameters.set(start.subarray(0, read.numRadial));
  return parity(model, goldenBatch(inputs, dimenet.graph(read)), parameters, golden);
}

/** SchNet against a golden run of PyG's; `options` as the run had them (mean, std, atomref). */
export function schnetParity(
  inputs: GoldenInputs,
  golden: GoldenRun,
  options: GoldenOptions = {},
): Promise<Parity> {
  const read = schnetOptions.parse(options);
  const model = schnet.build(read);
  const batch = goldenBatch(inputs, schnet.graph(read));
  return parity(model, batch, goldenParameters(model.layout, ['embedding.weight']), golden);
}
