import { type EpochEvent, type ExperimentSnapshot, InputError, type RunEvent } from '@litmatter/protocol';
import {
  type Analysis,
  analyseAll,
  type LossAxis,
  latexTable,
  lossAxes,
  lossTable,
  pointsOfRuns,
  seriesName,
} from '@litmatter/scaling';
import { type FigureQuantity, figureSvg, lossFigure, scalingFigure } from '@litmatter/scaling/figure';
import { lossAnalysesOf } from '../result.ts';
import type { Store } from './store.ts';

type Run = ExperimentSnapshot['runs'][number];

/** The columns of the CSV export: one row an epoch, units in the names. */
const columns: readonly (readonly [name: string, value: (run: Run, epoch: EpochEvent) => unknown])[] = [
  ['experiment', (run) => run.experiment],
  ['run', (run) => run.id],
  ['series', (run) => seriesName(run.spec)],
  ['model', (run) => run.spec.model.name],
  ['preset', (run) => run.spec.model.preset],
  ['options', (run) => optionsOf(run)],
  ['parameters', (run) => run.started?.parameters ?? null],
  ['dataset', (run) => run.spec.dataset.name],
  ['molecules_at_most', (run) => run.spec.dataset.used ?? run.spec.dataset.limit ?? null],
  ['devices', (run) => run.spec.devices],
  ['repeat', (run) => run.spec.repeat],
  ['attempt', (_run, epoch) => epoch.attempt],
  ['epoch', (_run, epoch) => epoch.epoch],
  ['seconds', (_run, epoch) => epoch.seconds],
  ['validation_seconds', (_run, epoch) => epoch.validationSeconds],
  ['steps', (_run, epoch) => epoch.steps],
  ['samples', (_run, epoch) => epoch.samples],
  ['padded', (_run, epoch) => epoch.padded],
  ['batch_per_device', (run) => run.spec.training.batchPerDevice],
  ['global_batch', (run) => run.spec.training.batchPerDevice * run.spec.devices],
  ['train_loss', (_run, epoch) => epoch.trainLoss],
  ['validation_mae', (_run, epoch) => epoch.validationMae],
  ['learning_rate', (_run, epoch) => epoch.learningRate],
  ['imbalance', (_run, epoch) => epoch.imbalance],
  ['cpu_joules', (_run, epoch) => epoch.joules?.cpu ?? null],
  ['gpu_joules', (_run, epoch) => epoch.joules?.gpu ?? null],
  ['oversubscribed', (run) => run.started?.oversubscribed ?? null],
  ['at', (_run, epoch) => new Date(epoch.at).toISOString()],
];

/** One row an epoch, in the order they were made (RFC 4180, CRLF). */
export function toCsv(snapshot: ExperimentSnapshot): string {
  const runs = new Map(snapshot.runs.map((run) => [run.id, run]));
  const rows = snapshot.epochs.map((epoch) =>
    columns.map(([, value]) => cell(value(runs.get(epoch.run)!, epoch))),
  );
  return [columns.map(([name]) => name), ...rows].map((row) => `${row.join(',')}\r\n`).join('');
}

/** The whole experiment with every event of every attempt, lists of ranks included. */
export function toJson(store: Store, experiment: string): object {
  const snapshot = store.snapshot(experiment)!;
  return {
    format: 'litmatter-experiment-1',
    experiment: snapshot.experiment,
    spec: snapshot.spec,
    runs: snapshot.runs.map((run) => ({ ...run, events: everyEvent(store, run.id) })),
  };
}

/** What of a model's options is not its preset's, as JSON; empty where nothing is. */
function optionsOf({ spec }: Run): string | null {
  return Object.keys(spec.model.options).length === 0 ? null : JSON.stringify(spec.model.options);
}

/**
 * The scaling chart, or that of errors against a size, as one SVG file: the same that the experiment's page saves.
 * @throws InputError before any epoch, or where the experiment has one size only
 */
export function toSvg(snapshot: ExperimentSnapshot, quantity: FigureQuantity | LossQuantity): string {
  const axis = lossAxes.find((one) => lossQuantity(one) === quantity);
  if (axis !== undefined) return lossSvg(snapshot, axis);
  const named = analysesOf(snapshot).map((analysis) => ({ label: analysis.series, analysis }));
  return figureSvg(scalingFigure(snapshot.experiment.name, named, quantity as FigureQuantity));
}

/** What `litmatter export --quantity` draws beside the quantities of the scaling chart. */
export const lossQuantities = lossAxes.map(lossQuantity);
export type LossQuantity = ReturnType<typeof lossQuantity>;

function lossQuantity<A extends LossAxis>(axis: A): `mae-${A}` {
  return `mae-${axis}`;
}

function lossSvg(snapshot: ExperimentSnapshot, axis: LossAxis): string {
  const analyses = lossAnalysesOf(snapshot).filter((one) => one.axis === axis);
  const { name, targetUnit } = snapshot.experiment;
  if (analyses.length === 0)
    throw new InputError(
      axis === 'molecules'
        ? `"${name}" has no errors at two sizes of its data set: give its spec a list of limits.`
        : `"${name}" has no errors of two sizes of a model: give its spec a grid of an option.`,
    );
  return figureSvg(lossFigure(name, analyses, axis, targetUnit ?? ''));
}

/** The exponents as a LaTeX table, a line a series; another of errors where sizes vary. @throws InputError before any epoch */
export function toLatex(snapshot: ExperimentSnapshot): string {
  const parameters = new Map(
    snapshot.runs.flatMap(({ spec, started }) =>
      started ? [[seriesName(spec), started.parameters] as const] : [],
    ),
  );
  const times = latexTable(
    analysesOf(snapshot).map((analysis) => ({
      model: analysis.series,
      parameters: parameters.get(analysis.series) ?? null,
      analysis,
    })),
  );
  const losses = lossAnalysesOf(snapshot);
  return losses.length === 0 ? times : `${times}\n${lossTable(losses, snapshot.experiment.targetUnit ?? '')}`;
}

function analysesOf({ experiment, runs, epochs }: ExperimentSnapshot): Analysis[] {
  const points = pointsOfRuns(runs, epochs);
  if (points.length === 0)
    throw new InputError(`"${experiment.name}" has not measured an epoch yet: there is nothing to draw.`);
  return analyseAll(points);
}

function everyEvent(store: Store, run: string): RunEvent[] {
  const all: RunEvent[] = [];
  for (let cursor = 0; ; ) {
    const page = store.events(run, cursor, 5_000);
    if (page.events.length === 0) return all;
    all.push(...page.events);
    cursor = page.cursor;
  }
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
