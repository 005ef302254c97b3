import {
  betweenGradients,
  gradientByEntry,
  type ParameterLayout,
  type ParameterViews,
} from '@litmatter/models';
import { concat1d, type Rank, type Scalar, type Tensor1D, tidy, zeros } from '@tensorflow/tfjs-core';

/**
 * Parts of a gradient that leave for the other ranks while the rest is still being computed, as PyTorch's
 * DistributedDataParallel sends its buckets (S. Li et al., PyTorch Distributed, VLDB 2020, arXiv:2006.15704, 3.2.3).
 *
 * A gradient is computed backwards, so what the forward pass takes up last is known first. Hence parameters stand here
 * in the order of their first use, and parts are cut from the end.
 */
export interface AheadPlan {
  /** Places in the layout, in the order of use; what is never used comes first. */
  readonly order: readonly number[];
  /** Ranges of `order`, from its end on. What stands before the last of them stays to the end. */
  readonly parts: readonly AheadPart[];
}

export interface AheadPart {
  /** From here in `order`, up to `end`. */
  readonly start: number;
  readonly end: number;
  /** Floats of the parameters in `order` before it, and of its own. */
  readonly offset: number;
  readonly size: number;
}

/** What becomes of the parts. */
export interface Ahead {
  readonly plan: AheadPlan;
  /** A part [size] is whole. Called for each part, in the plan's order, before the gradient is done. */
  take(part: AheadPart, values: Float32Array): void;
  /** Between two pieces of the computation: time for what was sent to go on. */
  advance(): void;
}

/**
 * Where to cut.
 *
 * @param used - places in the layout in the order of first use
 * @param floats - a part has at least so many
 */
export function planAhead(layout: ParameterLayout, used: readonly number[], floats: number): AheadPlan {
  const unused = layout.entries.map((_, i) => i).filter((i) => !used.includes(i));
  const order = [...unused, ...used];
  const parts: AheadPart[] = [];
  let offset = layout.size;
  for (let start = order.length - 1, end = order.length, size = 0; start >= unused.length; start--) {
    size += layout.entries[order[start]].size;
    if (size < floats) continue;
    offset -= size;
    parts.push({ start, end, offset, size });
    [end, size] = [start, 0];
  }
  return { order, parts };
}

/**
 * The gradient of a loss, its parts handed over as they become whole.
 *
 * @param flat - [P]
 * @returns the loss, and the gradients of the parameters that belong to no part, in the plan's order, [size] each
 */
export function gradientAhead(
  flat: Tensor1D,
  layout: ParameterLayout,
  loss: (parameters: ParameterViews) => Scalar,
  { plan, take, advance }: Ahead,
): { readonly value: Scalar; readonly rest: Tensor1D[] } {
  const { order, parts } = plan;
  const known = new Map<number, Tensor1D>();
  let next = 0;
  const gradientOf = (place: number): Tensor1D =>
    known.get(place) ?? zeros<Rank.R1>([layout.entries[place].size]);
  const handOver = (part: AheadPart) => {
    const values = tidy(() => concat1d(order.slice(part.start, part.end).map(gradientOf)));
    // Not read within the tidy, which looks for tensors in whatever it is given, number by number.
    take(part, values.dataSync<'float32'>());
    values.dispose();
    next++;
  };
  const isWhole = ({ start, end }: AheadPart) => order.slice(start, end).every((place) => known.has(place));
  const whole = (place: number, gradient: Tensor1D) => {
    known.set(place, gradient);
    // In the plan's order on every rank, whatever this batch made of it.
    while (next < parts.length && isWhole(parts[next])) handOver(parts[next]);
  };
  const { value, gradients } = betweenGradients(advance, () => gradientByEntry(flat, layout, loss, whole));
  // What this batch did not use: every rank waits for every part.
  while (next < parts.length) handOver(parts[next]);
  const kept = order.slice(0, parts.at(-1)?.start ?? order.length);
  const rest = kept.map((place) => gradients[place] ?? gradientOf(place));
  return { value: value as Scalar, rest };
}
