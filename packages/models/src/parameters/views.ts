import { reshape, split, type Tensor1D } from '@tensorflow/tfjs-core';
import type { ParameterLayout, ParameterViews } from '../model.ts';
import { checkSize } from './layout.ts';

/**
 * Cut the flat vector into the parameters, by PyTorch name. Differentiable: the gradient of anything made of the views
 * with respect to `flat` is one vector again, put together in one step.
 */
export function views(flat: Tensor1D, layout: ParameterLayout): ParameterViews {
  checkSize(layout, flat.size);
  const pieces = split(
    flat,
    layout.entries.map((entry) => entry.size),
  );
  return Object.fromEntries(
    layout.entries.map(({ name, shape }, i) => [name, reshape(pieces[i], [...shape])]),
  );
}
