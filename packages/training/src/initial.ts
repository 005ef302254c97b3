import type { ParameterLayout } from '@litmatter/models';
import { seedOf, uniform } from './random.ts';

/**
 * The flat vector a training starts from: each parameter by its own initialiser, from a stream of its own, so that
 * one parameter more does not change the others.
 */
export function initialParameters(layout: ParameterLayout, seed: number): Float32Array {
  const parameters = new Float32Array(layout.size);
  for (const [i, { shape, offset, size, initialise }] of layout.entries.entries()) {
    initialise(parameters.subarray(offset, offset + size), shape, uniform(seedOf(seed, 0, i)));
  }
  return parameters;
}
