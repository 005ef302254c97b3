import {
  type AttemptView,
  type EndState,
  type ExperimentSnapshot,
  type ExperimentSpec,
  type ExperimentSummary,
  type ExperimentUpdate,
  expandRuns,
  type LogEvent,
  type RunEvent,
  type RunRanks,
  type RunView,
} from '@litmatter/protocol';
import { type Attempt, activeAttempts, attemptsOf, saidEnd } from './attempts.ts';
import { Calibrations } from './calibrations.ts';
import { Database } from './database.ts';
import { eachEpochOnce } from './epochs.ts';
import { appendEvents, committedSeq, epochsAfter, eventsAfter, logLines } from './events.ts';
import { deriveExperiment, ended, insertExperiment } from './experiments.ts';
import { newExperimentId } from './ids.ts';
import { type MeasuredRun, measuredRuns } from './measured.ts';
import { type ExperimentRow, type RunRow, toEpochView, toRunView, toSummary } from './rows.ts';
import { ranksOf } from './run-ranks.ts';
import {
  beginAttempt,
  type CancelOutcome,
  type ProcessEnd,
  processesEnded,
  requestCancel,
  requeue,
  settle,
} from './transitions.ts';

/** What `changes` sends at most in one message; the rest follows from the returned cursor. */
export const maxEpochsPerUpdate = 1_000;

/**
 * Experiments, runs, attempts and their events. Every method is one transaction. Positions (`cursor`) grow by every
 * change and are never given twice, so a reader that keeps the last one it saw misses nothing and sees nothing twice.
 */
export class Store {
  readonly #db: Database;
  readonly #now: () => number;
  readonly #listeners = new Set<(experiment: string) => void>();
  readonly calibrations: Calibrations;

  constructor(file: string, now: () => number = Date.now) {
    this.#db = new Database(file);
    this.#now = now;
    this.calibrations = new Calibrations(this.#db, now);
  }

  close(): void {
    this.#listeners.clear();
    this.#db.close();
  }

  /** Call `listener` with the experiment's id after each commit that changed it. Returns what stops it. */
  onChange(listener: (experiment: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  // ---- experiments

  /** Store an experiment and its runs, all queued. @param targetUnit - of what its target is measured in */
  createExperiment(
    spec: ExperimentSpec,
    id = newExperimentId(spec.name),
    targetUnit: string | null = null,
  ): ExperimentSummary {
    const runs = expandRuns(spec);
    return this.#change(id, () => {
      insertExperiment(this.#db, id, spec, runs, targetUnit, this.#now());
      return this.summary(id)!;
    });
  }

  /** Every experiment, newest first. */
  summaries(): ExperimentSummary[] {
    return this.#db
      .all<ExperimentRow>('SELECT * FROM experiments ORDER BY created_at DESC, id')
      .map(toSummary);
  }

  summary(id: string): ExperimentSummary | undefined {
    const row = this.#db.get<ExperimentRow>('SELECT * FROM experiments WHERE id = ?', id);
    return row && toSummary(row);
  }

  spec(id: string): ExperimentSpec | undefined {
    const row = this.#db.get<ExperimentRow>('SELECT spec FROM experiments WHERE id = ?', id);
    return row && (JSON.parse(row.spec) as ExperimentSpec);
  }

  /** Everything a page shows of one experiment. */
  snapshot(id: string): ExperimentSnapshot | undefined {
    const row = this.#db.get<ExperimentRow>('SELECT * FROM experiments WHERE id = ?', id);
    if (row === undefined) return undefined;
    return {
      experiment: toSummary(row),
      spec: JSON.parse(row.spec) as ExperimentSpec,
      runs: this.runs(id),
      epochs: eachEpochOnce(epochsAfter(this.#db, id, 0).map(toEpochView)),
      cursor: this.#db.clock,
    };
  }

  /** What changed after `after`; undefined where nothing did or the experiment is gone. */
  changes(id: string, after: number): ExperimentUpdate | undefined {
    const row = this.#db.get<ExperimentRow>('SELECT * FROM experiments WHERE id = ?', id);
    if (row === undefined || row.changed <= after) return undefined;
    const epochs = epochsAfter(this.#db, id, after, maxEpochsPerUpdate);
    return {
      experiment: toSummary(row),
      runs: this.#db
        .all<RunRow>('SELECT * FROM runs WHERE experiment = ? AND changed > ? ORDER BY idx', id, after)
        .map(toRunView),
      epochs: epochs.map(toEpochView),
      cursor: epochs.length === maxEpochsPerUpdate ? epochs.at(-1)!.cursor : this.#db.clock,
    };
  }

  changeExperiment(id: string, change: { name?: string | undefined; archived?: boolean | undefined }): void {
    this.#change(id, () => {
      this.#db.run(
        'UPDATE experiments SET name = coalesce(?, name), archived = coalesce(?, archived), changed = ? WHERE id = ?',
        change.name ?? null,
        change.archived === undefined ? null : Number(change.archived),
        this.#db.tick(),
        id,
      );
    });
  }

  /** Forget an ended experiment with its runs and events. Returns whether it was deleted: false while a run may go on. */
  deleteExperiment(id: string): boolean {
    return this.#change(id, () => {
      this.#db.tick();
      return (
        this.#db.run(
          `DELETE FROM experiments WHERE id = ?
             AND NOT EXISTS (SELECT 1 FROM runs WHERE experiment = experiments.id AND state NOT IN ${ended})`,
          id,
        ) > 0
      );
    });
  }

  // ---- runs and attempts

  run(id: string): RunView | undefined {
    const row = this.#db.get<RunRow>('SELECT * FROM runs WHERE id = ?', id);
    return row && toRunView(row);
  }

  runs(experiment: string): RunView[] {
    return this.#db
      .all<RunRow>('SELECT * FROM runs WHERE experiment = ? ORDER BY idx', experiment)
      .map(toRunView);
  }

  /** The next runs to launch with a launcher, in the order they were asked for. */
  queued(launcher: string, limit: number): RunView[] {
    return this.#db
      .all<RunRow>(
        `SELECT * FROM runs WHERE state = 'queued' AND launcher = ? ORDER BY created_at, experiment, idx LIMIT ?`,
        launcher,
        limit,
      )
      .map(toRunView);
  }

  /** Attempts that have been decided on and have not ended. */
  activeAttempts(): Attempt[] {
    return activeAttempts(this.#db);
  }

  /** Every attempt of a run, the first one first. */
  attempts(run: string): AttemptView[] {
    return attemptsOf(this.#db, run);
  }

  /** Decide to launch a queued run: it is `starting` from here on. Returns the new attempt, undefined if not queued. */
  beginAttempt(run: string): Attempt | undefined {
    return this.#changeRun(run, (row, changed) => beginAttempt(this.#db, row, changed, this.#now()));
  }

  setReference(run: string, attempt: number, reference: string): void {
    this.#db.write(() =>
      this.#db.run(
        'UPDATE attempts SET reference = ? WHERE run = ? AND attempt = ?',
        reference,
        run,
        attempt,
      ),
    );
  }

  /** What the launcher finds an attempt by; null where it has not launched it. */
  reference(run: string, attempt: number): string | null {
    return this.#db.get<{ reference: string | null }>(
      'SELECT reference FROM attempts WHERE run = ? AND attempt = ?',
      run,
      attempt,
    )!.reference;
  }

  setExitCode(run: string, attempt: number, code: number | null): void {
    this.#db.write(() =>
      this.#db.run('UPDATE attempts SET exit_code = ? WHERE run = ? AND attempt = ?', code, run, attempt),
    );
  }

  /** How the rank programs of an experiment's failed runs ended. */
  failedExitCodes(experiment: string): (number | null)[] {
    return this.#db
      .all<{ exit_code: number | null }>(
        `SELECT a.exit_code FROM runs r LEFT JOIN attempts a ON a.run = r.id AND a.attempt = r.attempt
          WHERE r.experiment = ? AND r.state = 'failed' ORDER BY r.idx`,
        experiment,
      )
      .map((row) => row.exit_code);
  }

  /** Put an ended run (not a succeeded one) back into the queue. Returns whether it was. */
  requeue(run: string, how: 'resume' | 'retry' = 'retry'): boolean {
    return this.#changeRun(run, (row, changed) => requeue(this.#db, row, how, changed)) ?? false;
  }

  /**
   * Ask for a run's end. A queued run is cancelled at once; of an active one it is noted, and the scheduler stops it.
   * Returns what became of the request.
   */
  requestCancel(run: string): CancelOutcome | undefined {
    return this.#changeRun(run, (row, changed) => requestCancel(this.#db, row, changed, this.#now()));
  }

  /** Ask for the end of all of an experiment's runs at once. Returns those that are active. */
  requestCancelOfAll(experiment: string): string[] {
    if (this.summary(experiment) === undefined) return [];
    return this.#change(experiment, () => {
      const changed = this.#db.tick();
      const rows = this.#db.all<RunRow>(
        `SELECT * FROM runs WHERE experiment = ? AND state NOT IN ${ended} ORDER BY idx`,
        experiment,
      );
      const active = rows.filter((row) => requestCancel(this.#db, row, changed, this.#now()) === 'requested');
      deriveExperiment(this.#db, experiment);
      return active.map((row) => row.id);
    });
  }

  cancelRequested(run: string, attempt: number): boolean {
    const row = this.#db.get<RunRow>('SELECT attempt, state, cancel_requested FROM runs WHERE id = ?', run);
    return row === undefined || row.attempt !== attempt || row.cancel_requested === 1;
  }

  /**
   * The hub's own judgement of an attempt whose processes are gone and that never said how it ended. An `ended` event
   * that arrives later replaces it. Returns whether it was needed.
   */
  settle(run: string, attempt: number, state: EndState, reason: string | null): boolean {
    const end = { attempt, state, reason };
    return this.#changeRun(run, (row, changed) => settle(this.#db, row, end, changed, this.#now())) ?? false;
  }

  /** The processes of an attempt are gone: its run is over, or is queued to go on from its last checkpoint. */
  processesEnded(run: string, end: ProcessEnd): void {
    this.#changeRun(run, (row, changed) => processesEnded(this.#db, row, end, changed, this.#now()));
  }

  /** Whether an attempt has said how it ended. */
  hasSaidEnd(run: string, attempt: number): boolean {
    return saidEnd(this.#db, run, attempt) !== undefined;
  }

  /** Note that rank 0 of an attempt is there. */
  heard(run: string, attempt: number): void {
    this.#changeRun(run, (row, changed) => {
      if (row.attempt !== attempt) return;
      this.#db.run('UPDATE runs SET last_heard_at = ?, changed = ? WHERE id = ?', this.#now(), changed, run);
    });
  }

  // ---- events

  /** The last seq of an attempt with none missing before it, -1 for none; undefined where there is no such attempt. */
  committed(run: string, attempt: number): number | undefined {
    return committedSeq(this.#db, run, attempt);
  }

  /**
   * Store events of one attempt, each exactly once: those already stored are passed over, those after a gap are left
   * for the sender to send again. Returns the attempt's `committed`; undefined where there is no such attempt.
   */
  append(run: string, attempt: number, events: readonly RunEvent[]): number | undefined {
    return this.#changeRun(run, (row) => appendEvents(this.#db, row, attempt, events, this.#now()));
  }

  /** The events of all runs of an experiment after a position, in the order they were stored. */
  experimentEvents(experiment: string, after = 0, limit = 1_000): { events: RunEvent[]; cursor: number } {
    return eventsAfter(this.#db, 'experiment', experiment, after, limit);
  }

  /** A run's events after a position, oldest first, with their lists of ranks. */
  events(run: string, after = 0, limit = 1_000): { events: RunEvent[]; cursor: number } {
    return eventsAfter(this.#db, 'run', run, after, limit);
  }

  /** What an attempt's ranks logged: the last `limit` lines, oldest first. */
  logLines(run: string, attempt: number, limit: number): LogEvent[] {
    return logLines(this.#db, run, attempt, limit);
  }

  /** Where the ranks of a run's newest attempt compute, and what their time goes to. */
  ranks(run: string): RunRanks | undefined {
    const row = this.run(run);
    return row && ranksOf(this.#db, run, row.attempt);
  }

  /** The latest runs whose times are comparable (`seriesKey`) and that have measured two epochs at least. */
  measuredRuns(series: string, limit: number): MeasuredRun[] {
    return measuredRuns(this.#db, series, limit);
  }

  // ---- inside

  /** Change one run and what is derived from it, in one transaction. Undefined where there is no such run. */
  #changeRun<R>(id: string, work: (row: RunRow, changed: number) => R): R | undefined {
    const row = this.#db.get<RunRow>('SELECT * FROM runs WHERE id = ?', id);
    if (row === undefined) return undefined;
    return this.#change(row.experiment, () => {
      const result = work(row, this.#db.tick());
      deriveExperiment(this.#db, row.experiment);
      return result;
    });
  }

  #change<R>(experiment: string, work: () => R): R {
    const before = this.#db.clock;
    const result = this.#db.write(work);
    if (this.#db.clock !== before) for (const listener of this.#listeners) listener(experiment);
    return result;
  }
}
