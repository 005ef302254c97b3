import type { TrainingSpec } from '@litmatter/protocol';

/** Where a schedule stands: all it needs to go on. */
export interface ScheduleState {
  learningRate: number;
  /** The best metric so far; Infinity before the first. */
  best: number;
  /** Epochs since the best. */
  badEpochs: number;
}

/** An improvement smaller than this share of the best does not count. */
const threshold = 1e-4;
/** A smaller change of the learning rate is not made. */
const smallestChange = 1e-8;

export function scheduleState(spec: Pick<TrainingSpec, 'learningRate'>): ScheduleState {
  return { learningRate: spec.learningRate, best: Number.POSITIVE_INFINITY, badEpochs: 0 };
}

/**
 * After an epoch: lower the learning rate where the metric has not improved for more than `patience` epochs, by the
 * rules of torch.optim.lr_scheduler.ReduceLROnPlateau (mode min, threshold 1e-4 relative, cooldown 0, eps 1e-8).
 * A metric that is not a number never improves.
 *
 * @param metric - validation MAE, or the training loss where there is no validation split
 */
export function scheduleStep(
  state: ScheduleState,
  metric: number,
  spec: Pick<TrainingSpec, 'schedule' | 'plateau'>,
): void {
  if (spec.schedule === 'constant') return;
  if (metric < state.best * (1 - threshold)) {
    state.best = metric;
    state.badEpochs = 0;
  } else {
    state.badEpochs++;
  }
  if (state.badEpochs <= spec.plateau.patience) return;
  state.badEpochs = 0;
  const lower = Math.max(state.learningRate * spec.plateau.factor, spec.plateau.minimum);
  if (state.learningRate - lower > smallestChange) state.learningRate = lower;
}
