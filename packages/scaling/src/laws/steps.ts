import { stepsPerEpoch } from '../points.ts';
import type { Context } from './law.ts';

/** What a law that counts steps lacks where `stepCounter` gives nothing. */
export const lacksSteps =
  'Needs the number of training samples and the batch per device, held fixed over the device counts.';

/**
 * s(n) = ceil(N / (b n)) for the protocol in which steps change with n; undefined under strong or weak scaling, where
 * every count makes the same number of steps, and where N or b is not known.
 */
export function stepCounter(context: Context): ((n: number) => number) | undefined {
  const { protocol, samples, batchPerDevice } = context;
  if (protocol !== 'fixed-per-device-batch' || samples === null || batchPerDevice === null) return undefined;
  return (n) => stepsPerEpoch(samples, batchPerDevice, n);
}
