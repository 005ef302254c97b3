import type { EpochEvent, ExperimentSnapshot, RunState } from '@litmatter/protocol';
import {
  type Analysis,
  analyseAll,
  analyseLoss,
  fitJson,
  type Json,
  type LossAnalysis,
  lossAxes,
  lossJson,
  type Point,
  pointsOfRuns,
} from '@litmatter/scaling';

/** What became of one run, in one line. */
export interface RunResult {
  readonly run: string;
  readonly model: string;
  readonly preset: string;
  readonly devices: number;
  readonly repeat: number;
  readonly state: RunState;
  readonly reason: string | null;
  readonly attempt: number;
  /** Options that are not the preset's. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly parameters: number | null;
  /** Training molecules, each counted once. */
  readonly trainSamples: number | null;
  readonly epochs: number;
  /** t(n): median seconds per epoch from the second on, and the median absolute deviation. */
  readonly seconds: number | null;
  readonly spread: number | null;
  readonly steps: number | null;
  readonly globalBatch: number;
  readonly oversubscribed: boolean | null;
  readonly firstTrainLoss: number | null;
  readonly trainLoss: number | null;
  readonly validationMae: number | null;
  readonly bestValidationMae: number | null;
  readonly testMae: number | null;
}

/** The end of an experiment: its runs, and the laws their times follow. */
export interface ExperimentResult {
  readonly experiment: ExperimentSnapshot['experiment'];
  readonly runs: readonly RunResult[];
  readonly analyses: readonly Analysis[];
  /** The analyses as JSON, as `litmatter fit --json` prints one. */
  readonly fits: readonly { readonly [key: string]: Json }[];
  /** What the errors say against the training molecules and against the parameters, where these vary. */
  readonly lossAnalyses: readonly LossAnalysis[];
  /** The same as JSON. */
  readonly losses: readonly { readonly [key: string]: Json }[];
}

/** Error against size, on every axis that an experiment has two sizes of. */
export function lossAnalysesOf({
  runs,
  epochs,
}: Pick<ExperimentSnapshot, 'runs' | 'epochs'>): LossAnalysis[] {
  const epochsOf = Map.groupBy(epochs, (epoch) => epoch.run);
  const measured = runs.map((view) => ({ view, epochs: epochsOf.get(view.id) ?? [] }));
  return lossAxes.flatMap((axis) => analyseLoss(measured, axis));
}

export function resultOf(snapshot: ExperimentSnapshot): ExperimentResult {
  const points = pointsOfRuns(snapshot.runs, snapshot.epochs);
  const analyses = analyseAll(points);
  const lossAnalyses = lossAnalysesOf(snapshot);
  const epochsOf = Map.groupBy(snapshot.epochs, (epoch) => epoch.run);
  return {
    experiment: snapshot.experiment,
    runs: snapshot.runs.map((run) =>
      runResult(
        run,
        epochsOf.get(run.id) ?? [],
        points.find((point) => point.run === run.id),
      ),
    ),
    analyses,
    fits: analyses.map(fitJson),
    lossAnalyses,
    losses: lossAnalyses.map(lossJson),
  };
}

function runResult(
  run: ExperimentSnapshot['runs'][number],
  epochs: readonly EpochEvent[],
  point: Point | undefined,
): RunResult {
  const last = epochs.at(-1);
  const errors = epochs.flatMap((epoch) => epoch.validationMae ?? []);
  return {
    run: run.id,
    model: run.spec.model.name,
    preset: run.spec.model.preset,
    devices: run.spec.devices,
    repeat: run.spec.repeat,
    state: run.state,
    reason: run.reason,
    attempt: run.attempt,
    options: run.spec.model.options,
    parameters: run.started?.parameters ?? null,
    trainSamples: run.started?.trainSamples ?? null,
    epochs: last?.epoch ?? 0,
    seconds: point?.seconds ?? null,
    spread: point?.spread ?? null,
    steps: last?.steps ?? run.started?.stepsPerEpoch ?? null,
    globalBatch: run.spec.training.batchPerDevice * run.spec.devices,
    oversubscribed: run.started?.oversubscribed ?? null,
    firstTrainLoss: epochs[0]?.trainLoss ?? null,
    trainLoss: last?.trainLoss ?? null,
    validationMae: last?.validationMae ?? null,
    bestValidationMae: errors.length > 0 ? Math.min(...errors) : null,
    testMae: run.testMae,
  };
}
