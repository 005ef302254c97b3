import type { ExperimentSpec, RunSpec } from '@litmatter/protocol';
import type { Database } from './database.ts';
import { seriesKey } from './ids.ts';

/** Rows of experiments: made with their runs, and kept to what those say. Called inside a transaction. */

/** States of runs that are over, as SQL has it. */
export const ended = `('succeeded', 'failed', 'cancelled')`;

export function insertExperiment(
  db: Database,
  id: string,
  spec: ExperimentSpec,
  runs: readonly RunSpec[],
  targetUnit: string | null,
  at: number,
): void {
  const changed = db.tick();
  db.run(
    `INSERT INTO experiments (id, name, spec, models, dataset, devices, created_at, changed, state, runs, epochs, target_unit)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'queued', ?, ?, ?)`,
    id,
    spec.name,
    JSON.stringify(spec),
    JSON.stringify([...new Set(spec.models.map((m) => m.name))]),
    spec.dataset.name,
    JSON.stringify(spec.devices),
    at,
    changed,
    runs.length,
    runs.length * spec.training.epochs,
    targetUnit,
  );
  for (const [index, run] of runs.entries()) {
    db.run(
      `INSERT INTO runs (id, experiment, idx, spec, launcher, series, state, created_at, epochs, changed)
           VALUES (?, ?, ?, ?, ?, ?, 'queued', ?, ?, ?)`,
      `${id}.${index}`,
      id,
      index,
      JSON.stringify(run),
      run.launcher.name,
      seriesKey(run),
      at,
      run.training.epochs,
      changed,
    );
  }
}

/** An experiment's own columns, from its runs. */
export function deriveExperiment(db: Database, experiment: string): void {
  db.run(
    `UPDATE experiments SET
         changed = ?1, runs_ended = s.ended, runs_failed = s.failed, epochs_done = s.epochs, best_validation_mae = s.best,
         ended_at = CASE WHEN s.ended = runs THEN s.last END,
         state = CASE
           WHEN s.queued = runs THEN 'queued'
           WHEN s.ended < runs THEN 'running'
           WHEN s.failed > 0 THEN 'failed'
           WHEN s.cancelled > 0 THEN 'cancelled'
           ELSE 'succeeded' END
       FROM (
         SELECT sum(state = 'queued') AS queued, sum(state IN ${ended}) AS ended, sum(state = 'failed') AS failed,
                sum(state = 'cancelled') AS cancelled, sum(epochs_done) AS epochs, min(best_validation_mae) AS best,
                max(ended_at) AS last
           FROM runs WHERE experiment = ?2) AS s
       WHERE experiments.id = ?2`,
    db.tick(),
    experiment,
  );
}
