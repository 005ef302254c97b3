import { reshape, split, type Tensor1D } from '@tensorflow/tfjs-core';
import type { FlatLayout, ParameterViews } from '../model.ts';
import { checkSize } from './layout.ts';

/**
 * Cut a flat vector into its parameters (or buffers), by PyTorch name. Differentiable: the gradient of anything made of the views
 * with respect to `flat` is one vector again, put together in one step.
 */
export function views(flat: Tensor1D, layout: FlatLayout): ParameterViews {
  checkSize(layout, flat.size);
  const pieces = split(
    flat,
    layout.entries.map((entry) => entry.size),
  );
  return Object.fromEntries(
    layout.entries.map(({ name, shape }, i) => [
      name,
      shape.length === 1 ? pieces[i] : reshape(pieces[i], [...shape]),
    ]),
  );
}
