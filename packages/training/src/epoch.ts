import type { TrainingSpec } from '@litmatter/protocol';
import { adamStep } from './adam.ts';
import type { Collective } from './collective/collective.ts';
import { collateShare, type TrainingData } from './data.ts';
import type { StepExchange } from './exchange.ts';
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
  readonly exchange: StepExchange;
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
 * One epoch: forward and gradient on this rank's part of each step, one sum over ranks, one Adam step.
 *
 * What is added up is the gradient of the loss *sum*, and how many samples it holds: dividing after the sum by the number
 * of distinct samples is what makes a step of k ranks one rank's step on all of their samples, the last and partial one
 * included.
 *
 * Buffers are rank 0's, which the others take over at each step, as PyTorch's DistributedDataParallel does it: what a
 * model makes of its own batch, such as the statistics of a normalisation, is each rank's own.
 *
 * Changes `state.parameters`, `state.buffers` and `state.adam`. When it stops early the epoch's work is void: go back to a copy.
 */
export async function trainEpoch(bench: Bench, state: TrainingState, epoch: number): Promise<EpochOutcome> {
  const { data, spec, collective, learner, exchange } = bench;
  const watch = new Stopwatch();

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
    const pending = learner.gradient(current, { ahead: exchange.ahead });
    watch.lap('compute');
    // While a GPU works on this batch, put the next one there.
    next = step + 1 < steps ? batchOf(step + 1) : undefined;
    watch.lap('data');
    await pending.read(exchange.own);
    current.dispose();
    watch.lap('compute');
    const sum = await exchange.sum(current.counted, bench.shouldStop());
    watch.lap('communication');
    const finite = Number.isFinite(sum.loss);
    if (sum.stop || !finite) next?.dispose();
    if (sum.stop) return outcome(true);
    if (!finite) throw diverged(sum.loss, epoch, step + 1);
    loss += sum.loss;
    count += sum.count;
    adamStep(state.parameters, sum.gradient, state.adam, state.schedule.learningRate, 1 / sum.count);
    state.buffers.set(sum.buffers);
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
