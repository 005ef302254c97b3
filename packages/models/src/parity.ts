/**
 * Comparison with what PyTorch Geometric computes: the same weights, the same molecules, and how far outputs and
 * gradients differ. Runs wherever a backend has been started, in a test or in a page.
 */
import { type Batch, buildGraphs, collate, type GraphSpec, moleculeSet } from '@litmatter/molecules';
import { grad, mul, range, sum, type Tensor1D, tensor1d, tidy } from '@tensorflow/tfjs-core';
import type { Model, ParameterEntry, ParameterLayout } from './model.ts';
import { nnconv, nnconvOptions } from './nnconv.ts';
import { parameterValues } from './parameters/layout.ts';
import { fnv1a } from './parameters/random.ts';
import { views } from './parameters/views.ts';
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
  return shape.length > 1 ? value / Math.sqrt(shape[shape.length - 1]) : 0.1 * value;
}

/** Run a model forward and backward on the current backend and compare. */
export async function parity(
  model: Model,
  batch: Batch,
  parameters: Float32Array,
  golden: GoldenRun,
): Promise<Parity> {
  const uploaded = model.upload(batch);
  const [outputs, gradient] = tidy(() => {
    const vector = tensor1d(parameters);
    const run = (flat: Tensor1D) => model.forward(views(flat, model.layout), uploaded, { training: true });
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

/** Relative to what is wanted; NaN where either is NaN or the lengths differ. */
function largestDifference(actual: ArrayLike<number>, wanted: ArrayLike<number>): number {
  if (actual.length !== wanted.length) return Number.NaN;
  let largest = 0;
  for (let i = 0; i < wanted.length; i++) {
    const difference = Math.abs(actual[i] - wanted[i]) / Math.abs(wanted[i]);
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

/** NNConv at full size against a golden run of PyG's, whose edges carry a one-hot bond order and the distance. */
export function nnconvParity(inputs: GoldenInputs, golden: GoldenGraph<readonly number[]>): Promise<Parity> {
  const read = nnconvOptions.parse({});
  const model = nnconv.build(read);
  const bonds = bondsOf(golden, (edge) => edge.slice(0, 4).indexOf(1) + 1);
  const batch = goldenBatch(inputs, nnconv.graph(read), bonds);
  return parity(model, batch, goldenParameters(model.layout), golden);
}

/** SchNet at full size against a golden run of PyG's; `options` as the run had them (mean, std, atomref). */
export function schnetParity(
  inputs: GoldenInputs,
  golden: GoldenRun,
  options: Readonly<Record<string, unknown>> = {},
): Promise<Parity> {
  const read = schnetOptions.parse(options);
  const model = schnet.build(read);
  const batch = goldenBatch(inputs, schnet.graph(read));
  return parity(model, batch, goldenParameters(model.layout, ['embedding.weight']), golden);
}
