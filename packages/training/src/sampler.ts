import { permutation } from '@litmatter/molecules';
import { seedOf } from './random.ts';

/**
 * Which samples each rank sees, as PyTorch's DistributedSampler deals them: one permutation an epoch, made longer by
 * wrapping until every rank has as many, and dealt out in turns, so that rank r of k takes the places r, r + k,
 * r + 2k ... Step s of k ranks with batch b together is then the same samples as step s of one rank with batch k b.
 *
 * One thing differs from PyTorch. The samples repeated to fill the last turn are computed like the others, so that
 * every rank does as much work, but they weigh nothing in the loss: every sample counts once an epoch, and k ranks
 * get one rank's gradient in the last step as well, not only where k divides the number of samples.
 */
export interface SamplerShape {
  /** Samples of the training split. */
  readonly samples: number;
  readonly ranks: number;
  /** Samples a rank takes in one step. */
  readonly batch: number;
}

/** Samples each rank sees in an epoch, repeats included: ceil(samples / ranks). */
export function samplesPerRank({ samples, ranks }: Pick<SamplerShape, 'samples' | 'ranks'>): number {
  return Math.ceil(samples / ranks);
}

/** Steps of an epoch; the last may have a smaller batch. */
export function stepsPerEpoch(shape: SamplerShape): number {
  return Math.ceil(samplesPerRank(shape) / shape.batch);
}

/** Samples repeated in an epoch so that every rank has as many. */
export function paddedSamples({ samples, ranks }: Pick<SamplerShape, 'samples' | 'ranks'>): number {
  return samplesPerRank({ samples, ranks }) * ranks - samples;
}

/** What one rank sees in one epoch. */
export interface EpochShare {
  /** Places in the split, in the order they are seen. */
  readonly order: Uint32Array;
  /** The first `counted` of them weigh 1 in the loss, the rest are repeats and weigh 0. */
  readonly counted: number;
}

/**
 * One rank's share of an epoch.
 *
 * @param seed - the same on every rank
 * @param epoch - 1, 2, ...: each has its own permutation
 */
export function epochShare(
  shape: SamplerShape & { readonly rank: number; readonly seed: number },
  epoch: number,
): EpochShare {
  return dealOut(permutation(shape.samples, seedOf(shape.seed, epoch)), shape.rank, shape.ranks);
}

/** Rank r's places r, r + k, r + 2k ... of an order that wraps at its end. */
export function dealOut(order: Uint32Array, rank: number, ranks: number): EpochShare {
  const samples = order.length;
  const own = new Uint32Array(samplesPerRank({ samples, ranks }));
  let counted = 0;
  for (let i = 0; i < own.length; i++) {
    const place = rank + i * ranks;
    own[i] = order[place % samples];
    if (place < samples) counted = i + 1;
  }
  return { order: own, counted };
}

/** One step's part of a rank's share. */
export function stepShare(share: EpochShare, step: number, batch: number): EpochShare {
  const order = share.order.subarray(step * batch, (step + 1) * batch);
  return { order, counted: Math.min(Math.max(share.counted - step * batch, 0), order.length) };
}
