import { engine, getBackend, grads, type Tensor } from '@tensorflow/tfjs-core';
import type { ParameterViews } from '../model.ts';
import { differentiable } from './op.ts';

/** What a forward pass may keep for its gradient where memory is short: WebAssembly addresses 4 GiB, and graphics adapters of laptops have little more. */
const mostKept = 1.2e9;

/** Whether to compute parts of a network twice rather than keep `bytes` for its gradient on the current backend. */
export function memoryIsShort(bytes: number): boolean {
  const backend = getBackend();
  return (backend === 'wasm' || backend === 'webgpu') && bytes > mostKept;
}

/**
 * A part of a network of which only the inputs are kept: its gradient computes it again, and needs memory for one such
 * part at a time. T. Chen, B. Xu, C. Zhang, C. Guestrin: Training deep nets with sublinear memory cost. arXiv:1604.06174.
 *
 * @param parameters - all that `body` uses; others would get no gradient
 * @param x - what it is differentiable in besides
 */
export function recomputed<T extends Tensor, X extends Tensor[]>(
  parameters: ParameterViews,
  x: X,
  body: (parameters: ParameterViews, ...x: X) => T,
): T {
  const names = Object.keys(parameters);
  const run = (...inputs: Tensor[]): T => {
    const named = Object.fromEntries(names.map((name, i) => [name, inputs[i]]));
    return body(named, ...(inputs.slice(names.length) as X));
  };
  const inputs = [...names.map((name) => parameters[name]), ...x];
  return differentiable<T, Tensor[]>(
    inputs,
    (save) => {
      save(...inputs);
      return run(...inputs);
    },
    // A clone, for the last op within disposes of the gradient it is given.
    (dy, saved) => besideTheTape(() => grads(run)(saved, dy.clone())),
  );
}

/** TensorFlow.js has one tape, and a gradient within a gradient would end the outer one's: put it back. */
function besideTheTape<R>(body: () => R): R {
  const { state } = engine();
  const outer = state.activeTape;
  try {
    return body();
  } finally {
    state.activeTape = outer;
  }
}
