import { type Analysis, analyseAll, type Point, pointsOfRuns } from '@litmatter/scaling';
import type { ExperimentData, RunData } from '../../state/experiment-data.ts';

const pointOfRun = new WeakMap<RunData, Point | null>();

/** A run's point on the curve; computed once for as long as nothing of the run changes. */
export function pointOf(run: RunData): Point | undefined {
  let point = pointOfRun.get(run);
  if (point === undefined) {
    point = pointsOfRuns([run.view], run.epochs)[0] ?? null;
    pointOfRun.set(run, point);
  }
  return point ?? undefined;
}

/** The points of all runs that have one. */
export function pointsOf(data: ExperimentData): Point[] {
  return data.runs.flatMap((run) => pointOf(run) ?? []);
}

/** What the times of an experiment say so far, one analysis a series of runs that differ in devices and repeat alone. */
export function analysesOf(data: ExperimentData): Analysis[] {
  return analyseAll(pointsOf(data));
}
