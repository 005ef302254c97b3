import type { ExperimentData, RunData } from '../../state/experiment-data.ts';
import { pointOf } from './analysis.ts';

export interface Progress {
  readonly epochsDone: number;
  readonly epochs: number;
  /** Seconds until every run has ended; null where nothing has been measured or nothing is to come. */
  readonly secondsLeft: number | null;
}

const ended = new Set(['succeeded', 'failed', 'cancelled']);

/**
 * How far an experiment is. Time left: the epochs to come, each as long as the run's own median or, before it has one,
 * as the nearest measured count of the same series (times divide by the devices as they would ideally); runs that are
 * under way share the wait.
 */
export function progressOf(data: ExperimentData): Progress {
  const { epochsDone, epochs } = data.experiment;
  const waiting = data.runs.filter((run) => !ended.has(run.view.state));
  let work = 0;
  for (const run of waiting) {
    const each = epochSeconds(run, data.runs);
    if (each === undefined) return { epochsDone, epochs, secondsLeft: null };
    work += each * Math.max(0, run.view.spec.training.epochs - run.epochs.length);
  }
  const underWay = waiting.filter((run) => run.view.state === 'running').length;
  return { epochsDone, epochs, secondsLeft: waiting.length > 0 ? work / Math.max(1, underWay) : null };
}

function epochSeconds(run: RunData, runs: readonly RunData[]): number | undefined {
  const own = pointOf(run);
  if (own) return own.seconds + validation(run);
  const alike = runs.filter((one) => one.view.spec.model.name === run.view.spec.model.name && pointOf(one));
  const others = alike.length > 0 ? alike : runs.filter((one) => pointOf(one));
  const nearest = others.reduce<RunData | undefined>(
    (best, one) => (!best || distance(one, run) < distance(best, run) ? one : best),
    undefined,
  );
  const point = nearest && pointOf(nearest);
  if (!nearest || !point) return undefined;
  return (point.seconds * point.devices) / run.view.spec.devices + validation(nearest);
}

function validation(run: RunData): number {
  return run.epochs.at(-1)?.validationSeconds ?? 0;
}

function distance(a: RunData, b: RunData): number {
  return Math.abs(Math.log(a.view.spec.devices / b.view.spec.devices));
}
