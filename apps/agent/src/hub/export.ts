import type { EpochEvent, ExperimentSnapshot, RunEvent } from '@litmatter/protocol';
import type { Store } from './store.ts';

type Run = ExperimentSnapshot['runs'][number];

/** The columns of the CSV export: one row an epoch, units in the names. */
const columns: readonly (readonly [name: string, value: (run: Run, epoch: EpochEvent) => unknown])[] = [
  ['experiment', (run) => run.experiment],
  ['run', (run) => run.id],
  ['model', (run) => run.spec.model.name],
  ['preset', (run) => run.spec.model.preset],
  ['dataset', (run) => run.spec.dataset.name],
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
