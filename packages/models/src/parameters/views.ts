import { engine, keep, reshape, split, type Tensor, type Tensor1D } from '@tensorflow/tfjs-core';
import type { FlatLayout, ParameterViews } from '../model.ts';
import { differentiable } from '../ops/op.ts';
import { checkSize } from './layout.ts';

/**
 * Cut a flat vector into its parameters (or buffers), by PyTorch name. Differentiable: the gradient of anything made of the views
 * with respect to `flat` is one vector again, put together in one step.
 */
export function views(flat: Tensor1D, layout: FlatLayout): ParameterViews {
  const pieces = piecesOf(flat, layout);
  return Object.fromEntries(
    layout.entries.map(({ name, shape }, i) => [
      name,
      shape.length === 1 ? pieces[i] : reshape(pieces[i], [...shape]),
    ]),
  );
}

/** A flat vector's entries one by one, each [size]. */
function piecesOf(flat: Tensor1D, layout: FlatLayout): Tensor1D[] {
  checkSize(layout, flat.size);
  return split(
    flat,
    layout.entries.map((entry) => entry.size),
  );
}

/** Places in the layout of the entries that `body` takes up, in the order it first does so. */
export function orderOfUse(
  flat: Tensor1D,
  layout: FlatLayout,
  body: (parameters: ParameterViews) => unknown,
): number[] {
  const order = new Set<number>();
  const all = views(flat, layout);
  body(
    record(layout, (i, name) => {
      order.add(i);
      return all[name];
    }),
  );
  return [...order];
}

/**
 * The value and gradient of a function of a flat vector's entries, with a word about each entry's gradient as soon as it
 * is whole: while those of the entries that `body` takes up before it are still to be computed.
 *
 * @param body - to a scalar
 * @param whole - told of the entry's place in the layout and its gradient [size], in the reverse of the order in which
 *   `body` first takes entries up; not of those it never does
 * @returns the gradients [size] by place in the layout; undefined of entries that are not used
 */
export function gradientByEntry(
  flat: Tensor1D,
  layout: FlatLayout,
  body: (parameters: ParameterViews) => Tensor,
  whole: (place: number, gradient: Tensor1D) => void,
): { readonly value: Tensor; readonly gradients: readonly (Tensor1D | undefined)[] } {
  const pieces = piecesOf(flat, layout);
  // Each entry goes through an op of its own on first use. The tape is gone through backwards, so that op's gradient is
  // asked for when all that uses the entry has given its share.
  const taken = new Map<number, Tensor>();
  const take = (i: number): Tensor => {
    const shape = [...layout.entries[i].shape];
    // Within another op nothing is taped, nor is this entry's share of the gradient told of here.
    if (!isTaping()) return reshape(pieces[i], shape);
    const known = taken.get(i);
    if (known) return known;
    const view = keep(
      differentiable(
        [pieces[i]],
        () => reshape(pieces[i], shape),
        (dy) => {
          const gradient: Tensor1D = reshape(dy, [pieces[i].size]);
          whole(i, gradient);
          return [gradient];
        },
      ),
    );
    taken.set(i, view);
    return view;
  };
  try {
    // Not valueAndGrads: that refuses entries which are not used.
    const { value, grads } = engine().gradients(() => body(record(layout, take)), pieces);
    return { value, gradients: grads as (Tensor1D | undefined)[] };
  } finally {
    for (const view of taken.values()) view.dispose();
  }
}

function isTaping(): boolean {
  const { gradientDepth, kernelDepth } = engine().state;
  return gradientDepth > 0 && kernelDepth === 0;
}

/** Parameters by name, each got when it is asked for. */
function record(layout: FlatLayout, get: (place: number, name: string) => Tensor): ParameterViews {
  const views = {};
  for (const [i, { name }] of layout.entries.entries()) {
    Object.defineProperty(views, name, { enumerable: true, get: () => get(i, name) });
  }
  return views;
}
