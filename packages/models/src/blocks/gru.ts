import type { Tensor2D } from '@tensorflow/tfjs-core';
import { parameter } from '../layers.ts';
import type { ParameterViews } from '../model.ts';
import { dense } from '../ops/dense.ts';
import { gruGates } from '../ops/gru-gates.ts';
import { uniform } from '../parameters/initialisers.ts';
import type { LayoutBuilder } from '../parameters/layout.ts';

/** The parameters of torch's GRU of one layer: gates r, z, n stacked, U(-b, b), b = 1 / sqrt(hidden). */
export function addGru(layout: LayoutBuilder, name: string, input: number, hidden: number): void {
  addGates(layout, name, input, hidden, 3);
}

/** The parameters of a recurrent layer with `gates` gates, as torch names and starts them. */
export function addGates(
  layout: LayoutBuilder,
  name: string,
  input: number,
  hidden: number,
  gates: number,
): void {
  const start = uniform(1 / Math.sqrt(hidden));
  layout
    .add(`${name}.weight_ih_l0`, [gates * hidden, input], start)
    .add(`${name}.weight_hh_l0`, [gates * hidden, hidden], start)
    .add(`${name}.bias_ih_l0`, [gates * hidden], start)
    .add(`${name}.bias_hh_l0`, [gates * hidden], start);
}

/** What the gates are made of: W_ih x + b_ih and W_hh h + b_hh. */
function gateProducts(p: ParameterViews, name: string, x: Tensor2D, state: Tensor2D) {
  return {
    input: dense(x, parameter(p, `${name}.weight_ih_l0`), { bias: parameter(p, `${name}.bias_ih_l0`) }),
    state: dense(state, parameter(p, `${name}.weight_hh_l0`), { bias: parameter(p, `${name}.bias_hh_l0`) }),
  };
}

/** One step of the GRU called `name`: input x [N, I], state [N, F] -> the next state [N, F]. */
export function gru(p: ParameterViews, name: string, x: Tensor2D, state: Tensor2D): Tensor2D {
  const products = gateProducts(p, name, x, state);
  return gruGates(products.input, products.state, state);
}
