import type { Batch } from '@litmatter/molecules';
import {
  add,
  concat,
  keep,
  matMul,
  mul,
  reshape,
  sigmoid,
  softmax,
  split,
  type Tensor2D,
  tanh,
  tensor2d,
  zeros,
} from '@tensorflow/tfjs-core';
import type { ParameterViews } from '../model.ts';
import { combineRows, type RowMap, uploadRows } from '../ops/rows.ts';
import type { LayoutBuilder } from '../parameters/layout.ts';
import { addGates, gateProducts } from './gru.ts';

/** What makes the softmax of a place without an atom 0. */
const none = -1e9;

/** The molecules of a batch as M sets of A places each. */
export interface MoleculePlaces {
  /** [N, F] -> [M A, F], zero rows where there is no atom. */
  readonly toPlaces: RowMap;
  /** [M, A] 0 where there is an atom, -1e9 elsewhere. */
  readonly mask: Tensor2D;
}

export function uploadPlaces({
  atoms,
  molecules,
  moleculeSize,
  moleculeSlots,
  moleculeOf,
}: Batch): MoleculePlaces {
  const rows = molecules * moleculeSize;
  const index = moleculeSlots.map((atom) => (atom === atoms ? 0 : atom));
  const weight = Float32Array.from(moleculeSlots, (atom) => Number(atom < atoms));
  const mask = Float32Array.from(moleculeSlots, (atom) => (atom < atoms ? 0 : none));
  const placeOf = new Int32Array(atoms);
  moleculeSlots.forEach((atom, place) => {
    if (atom < atoms) placeOf[atom] = place;
  });
  const ones = new Float32Array(moleculeOf.length).fill(1);
  return {
    toPlaces: uploadRows({ sources: atoms, rows, terms: 1, index, weight }, () => ({
      sources: rows,
      rows: atoms,
      terms: 1,
      index: placeOf,
      weight: ones,
    })),
    mask: keep(tensor2d(mask, [molecules, moleculeSize])),
  };
}

/** The LSTM of a Set2Set of F features: input [q, r] of 2 F, gates i, f, g, o stacked. */
export function addSet2Set(layout: LayoutBuilder, name: string, features: number): void {
  addGates(layout, `${name}.lstm`, 2 * features, features, 4);
}

/**
 * Set2Set: a query q looks at the atoms of its molecule `steps` times, and what it saw makes the next query.
 *
 *     q_t = LSTM(q*_{t-1})   a_i = softmax over i of x_i . q_t   r_t = sum over i of a_i x_i   q*_t = [q_t, r_t]
 *
 * O. Vinyals, S. Bengio, M. Kudlur: Order matters: Sequence to sequence for sets. ICLR 2016, arXiv:1511.06391,
 * equations 3 to 7.
 *
 * @param x - [N, F]
 * @returns [M, 2 F] the last q*
 */
export function set2set(
  p: ParameterViews,
  name: string,
  x: Tensor2D,
  { toPlaces, mask }: MoleculePlaces,
  steps: number,
): Tensor2D {
  const [molecules, size] = mask.shape;
  const features = x.shape[1];
  const sets = reshape(combineRows(x, toPlaces), [molecules, size, features]);
  let seen: Tensor2D = zeros([molecules, 2 * features]);
  let state: Tensor2D = zeros([molecules, features]);
  let cell = state;
  for (let t = 0; t < steps; t++) {
    ({ state, cell } = lstm(p, `${name}.lstm`, seen, state, cell));
    const scores = reshape(matMul(sets, reshape(state, [molecules, features, 1])), [molecules, size]);
    const attention = softmax(add(scores, mask));
    const read = matMul(reshape(attention, [molecules, 1, size]), sets);
    seen = concat([state, reshape(read, [molecules, features])], 1) as Tensor2D;
  }
  return seen;
}

/** c' = f * c + i * g, h' = o * tanh(c'); i, f, o through a sigmoid, g through tanh. */
function lstm(p: ParameterViews, name: string, x: Tensor2D, state: Tensor2D, cell: Tensor2D) {
  const products = gateProducts(p, name, x, state);
  const [i, f, g, o] = split(add(products.input, products.state), 4, 1);
  const next: Tensor2D = add(mul(sigmoid(f), cell), mul(sigmoid(i), tanh(g)));
  return { state: mul(sigmoid(o), tanh(next)) as Tensor2D, cell: next };
}
