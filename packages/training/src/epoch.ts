import type { TrainingSpec } from '@litmatter/protocol';
import { adamStep } from './adam.ts';
import type { Collective } from './collective/collective.ts';
import { collateShare, type TrainingData } from './data.ts';
import type { Learner, ReadyBatch } from './learner.ts';
import { epochShare, stepShare, stepsPerEpoch } from './sampler.ts';
import type { TrainingState } from './state.ts';
import { Stopwatch } from './stopwatch.ts';

/** What a rank works with, from the first epoch to the last. */
export interface Bench {
  readonly data: TrainingData;
  readonly spec: TrainingSpec;
  readonly collective: Collective;
  readonly learner: Learner;
  /** Whether this rank was asked to stop. All ranks leave at the same step once any of them was. */
  readonly shouldStop: () => boolean;
}

/** The loss has become infinite or not a number: every rank sees it at the same step. */
export class DivergedError extends Error {
  override readonly name = 'DivergedError';
}

export interface EpochOutcome {
  readonly stopped: boolean;
  /** Mean over the epoch's samples, over all ranks. */
  readonly trainLoss: number;
  readonly watch: Stopwatch;
  /** This rank's wall time. */
  readonly seconds: number;
  /** Samples this rank computed, repeats included. */
  readonly samples: number;
}

/**
 * One epoch: forward and gradient on this rank's part of each step, one all-reduce, one Adam step.
 *
 * The all-reduced vector is the gradient of the loss *sum* with more behind it: the loss sum, the model's buffers, how
 * many samples the sum holds, and how many ranks were asked to stop. Dividing after the sum by the number of distinct samples is
 * what makes a step of k ranks one rank's step on all of their samples, the last and partial one included.
 *
 * Buffers are rank 0's, which the others take over at each step, as PyTorch's DistributedDataParallel does it: what a
 * model makes of its own batch, such as the statistics of a normalisation, is each rank's own.
 *
 * Changes `state.parameters`, `state.buffers` and `state.adam`. When it stops early the epoch's work is void: go back to a copy.
 */
export async function trainEpoch(bench: Bench, state: TrainingState, epoch: number): Promise<EpochOutcome> {
  const { data, spec, collective, learner } = bench;
  const watch = new Stopwatch();
  const size = state.parameters.length;
  const kept = state.buffers.length;
  const reduced = new Float32Array(size + kept + 3);
  const [lossAt, buffersAt] = [size, size + 1];
  const [countAt, stopAt] = [buffersAt + kept, buffersAt + kept + 1];

  const shape = {
    samples: data.split.train.length,
    ranks: collective.size,
    batch: spec.batchPerDevice,
  };
  const steps = stepsPerEpoch(shape);
  const share = epochShare({ ...shape, rank: collective.rank, seed: spec.seed }, epoch);
  const batchOf = (step: number): ReadyBatch =>
    learner.ready(collateShare(data, data.split.train, stepShare(share, step, spec.batchPerDevice)));

  let loss = 0;
  let count = 0;
  const outcome = (stopped: boolean): EpochOutcome => ({
    stopped,
    trainLoss: loss / count,
    watch,
    seconds: watch.total(),
    samples: share.order.length,
  });

  let next: ReadyBatch | undefined = batchOf(0);
  watch.lap('data');
  for (let step = 0; step < steps; step++) {
    const current: ReadyBatch = next ?? batchOf(step);
    const pending = learner.gradient(current);
    watch.lap('compute');
    // While a GPU works on this batch, put the next one there.
    next = step + 1 < steps ? batchOf(step + 1) : undefined;
    watch.lap('data');
    await pending.read(reduced);
    current.dispose();
    if (collective.rank > 0) reduced.fill(0, buffersAt, countAt);
    reduced[countAt] = current.counted;
    reduced[stopAt] = bench.shouldStop() ? 1 : 0;
    watch.lap('compute');
    await collective.allReduce(reduced);
    watch.lap('communication');
    const finite = Number.isFinite(reduced[lossAt]);
    if (reduced[stopAt] > 0 || !finite) next?.dispose();
    if (reduced[stopAt] > 0) return outcome(true);
    if (!finite) throw diverged(reduced[lossAt], epoch, step + 1);
    loss += reduced[lossAt];
    count += reduced[countAt];
    adamStep(state.parameters, reduced, state.adam, state.schedule.learningRate, 1 / reduced[countAt]);
    state.buffers.set(reduced.subarray(buffersAt, countAt));
    learner.setWeights(state);
    watch.lap('optimiser');
  }
  return outcome(false);
}

function diverged(loss: number, epoch: number, step: number): DivergedError {
  const what = Number.isNaN(loss) ? 'is not a number any more' : 'has grown beyond every number';
  return new DivergedError(
    `The loss ${what} at epoch ${epoch}, step ${step}. Lower the learning rate, or look for targets out of range.`,
  );
}
