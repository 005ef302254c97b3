import type { Batch } from '@litmatter/molecules';
import {
  add,
  concat,
  keep,
  matMul,
  mul,
  reshape,
  slice,
  softmax,
  split,
  type Tensor1D,
  type Tensor2D,
  tensor1d,
  tensor2d,
  zeros,
} from '@tensorflow/tfjs-core';
import { parameter } from '../layers.ts';
import type { ParameterViews } from '../model.ts';
import { activate } from '../ops/activation.ts';
import { dense } from '../ops/dense.ts';
import { combineRows, type RowMap, uploadRows } from '../ops/rows.ts';
import { hasSetSteps, memoryWeight, setStep } from '../ops/set-step.ts';
import type { LayoutBuilder } from '../parameters/layout.ts';
import { addGates } from './gru.ts';

/** What makes the softmax of a place without an atom 0. */
const none = -1e9;

/** Which atoms belong to which molecule of a batch. */
export type MoleculePlaces =
  | {
      readonly kind: 'ragged';
      /** [M + 1] int32: molecule m has the atoms start[m] .. start[m + 1] - 1. */
      readonly start: Tensor1D;
    }
  | {
      /** M sets of A places each. */
      readonly kind: 'padded';
      /** [N, F] -> [M A, F], zero rows where there is no atom. */
      readonly toPlaces: RowMap;
      /** [M, A] 0 where there is an atom, -1e9 elsewhere. */
      readonly mask: Tensor2D;
    };

type Ragged = Extract<MoleculePlaces, { kind: 'ragged' }>;
type Padded = Extract<MoleculePlaces, { kind: 'padded' }>;

export function uploadPlaces(batch: Batch): MoleculePlaces {
  return hasSetSteps() ? uploadRagged(batch) : uploadPadded(batch);
}

function uploadRagged({ molecules, moleculeOf }: Batch): Ragged {
  const start = new Int32Array(molecules + 1);
  for (const m of moleculeOf) start[m + 1]++;
  for (let m = 0; m < molecules; m++) start[m + 1] += start[m];
  return { kind: 'ragged', start: keep(tensor1d(start, 'int32')) };
}

function uploadPadded({ atoms, molecules, moleculeSize, moleculeSlots, moleculeOf }: Batch): Padded {
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
    kind: 'padded',
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
  places: MoleculePlaces,
  steps: number,
): Tensor2D {
  const lstm = `${name}.lstm`;
  return places.kind === 'ragged' ? own(p, lstm, x, places, steps) : composed(p, lstm, x, places, steps);
}

function own(p: ParameterViews, lstm: string, x: Tensor2D, { start }: Ragged, steps: number): Tensor2D {
  const [molecules, features] = [start.size - 1, x.shape[1]];
  const [input, recurrent] = ['weight_ih_l0', 'weight_hh_l0'].map((of) =>
    parameter<Tensor2D>(p, `${lstm}.${of}`),
  );
  const weight = memoryWeight(input, recurrent);
  const bias = gateBias(p, lstm);
  let memory: Tensor2D = zeros([molecules, 3 * features]);
  for (let t = 0; t < steps; t++) memory = setStep(dense(memory, weight, { bias }), memory, x, start);
  return slice(memory, [0, 0], [molecules, 2 * features]);
}

function composed(
  p: ParameterViews,
  lstm: string,
  x: Tensor2D,
  { toPlaces, mask }: Padded,
  steps: number,
): Tensor2D {
  const [molecules, size] = mask.shape;
  const features = x.shape[1];
  const sets = reshape(combineRows(x, toPlaces), [molecules, size, features]);
  const gates = { weight: queryWeight(p, lstm), bias: gateBias(p, lstm) };
  let seen: Tensor2D = zeros([molecules, 2 * features]);
  let cell: Tensor2D = zeros([molecules, features]);
  for (let t = 0; t < steps; t++) {
    const next = lstmCell(gates, seen, cell);
    const { state } = next;
    cell = next.cell;
    const scores = reshape(matMul(sets, reshape(state, [molecules, features, 1])), [molecules, size]);
    const attention = softmax(add(scores, mask));
    const read = matMul(reshape(attention, [molecules, 1, size]), sets);
    seen = concat([state, reshape(read, [molecules, features])], 1) as Tensor2D;
  }
  return seen;
}

/**
 * What the LSTM is given, q* = [q, r], begins with its own state q: W_ih q* + W_hh q is one product with W_ih, to whose
 * first half W_hh is added.
 */
function queryWeight(p: ParameterViews, lstm: string): Tensor2D {
  const [ofQuery, ofRead] = split(parameter<Tensor2D>(p, `${lstm}.weight_ih_l0`), 2, 1) as Tensor2D[];
  return concat([add(ofQuery, parameter(p, `${lstm}.weight_hh_l0`)), ofRead], 1) as Tensor2D;
}

function gateBias(p: ParameterViews, lstm: string): Tensor1D {
  return add(parameter(p, `${lstm}.bias_ih_l0`), parameter(p, `${lstm}.bias_hh_l0`));
}

/** c' = f * c + i * g, h' = o * tanh(c'); i, f, o through a sigmoid, g through tanh. */
function lstmCell({ weight, bias }: { weight: Tensor2D; bias: Tensor1D }, seen: Tensor2D, cell: Tensor2D) {
  const [i, f, g, o] = split(dense(seen, weight, { bias }), 4, 1) as Tensor2D[];
  const kept = mul(activate(f, 'sigmoid'), cell);
  const next: Tensor2D = add(kept, mul(activate(i, 'sigmoid'), activate(g, 'tanh')));
  return { state: mul(activate(o, 'sigmoid'), activate(next, 'tanh')) as Tensor2D, cell: next };
}
