import type { EndState, RunSpec } from '@litmatter/protocol';
import type { Fault } from '../launchers/launcher.ts';
import { type Attempt, givenUp, mayRestart, noteEnd, resumesSentence, saidEnd } from './attempts.ts';
import type { Database } from './database.ts';
import type { RunRow } from './rows.ts';

/**
 * What may become of a run by the hub's own doing: queued -> starting, active -> ended, failed or cancelled -> queued.
 * (What its events say is applied in events.ts.) Each is called inside a transaction, with the run as it is.
 */

export type CancelOutcome = 'cancelled' | 'requested' | 'ended';

function isActive({ state }: RunRow): boolean {
  return state === 'starting' || state === 'running';
}

/** Undefined where the run is not queued. */
export function beginAttempt(db: Database, row: RunRow, changed: number, now: number): Attempt | undefined {
  if (row.state !== 'queued') return undefined;
  const attempt = row.attempt + 1;
  const resumes = row.resume_next === 1;
  db.run(
    'INSERT INTO attempts (run, attempt, created_at, resumes, because) VALUES (?, ?, ?, ?, ?)',
    row.id,
    attempt,
    now,
    row.resume_next,
    row.because,
  );
  // What is measured already stays measured where the attempt goes on from it.
  db.run(
    `UPDATE runs SET state = 'starting', reason = ?1, attempt = ?2, cancel_requested = 0, started = NULL,
       test_mae = NULL, started_at = NULL, ended_at = NULL, last_heard_at = NULL, resume_next = 0, because = NULL,
       epochs_done = CASE ?3 WHEN 1 THEN epochs_done ELSE 0 END,
       best_validation_mae = CASE ?3 WHEN 1 THEN best_validation_mae END, changed = ?4 WHERE id = ?5`,
    resumes ? resumesSentence(attempt, row.because) : null,
    attempt,
    row.resume_next,
    changed,
    row.id,
  );
  const spec = JSON.parse(row.spec) as RunSpec;
  return {
    ...{ run: row.id, attempt, spec, reference: null, cancelRequested: false },
    ...(resumes && { resume: { because: row.because } }),
    ...(!mayRestart(row) && { last: true }),
  };
}

/** A person wants another attempt: from the last checkpoint, or from nothing. Returns whether it was done. */
export function requeue(db: Database, row: RunRow, how: 'resume' | 'retry', changed: number): boolean {
  if (row.state !== 'failed' && row.state !== 'cancelled') return false;
  queue(db, row, { resume: how === 'resume', because: null, restarts: 0 }, changed);
  return true;
}

function queue(
  db: Database,
  row: RunRow,
  next: { readonly resume: boolean; readonly because: string | null; readonly restarts: number },
  changed: number,
): void {
  db.run(
    `UPDATE runs SET state = 'queued', reason = ?, ended_at = NULL, resume_next = ?, because = ?, restarts = ?,
       changed = ? WHERE id = ?`,
    next.resume ? resumesSentence(row.attempt + 1, next.because) : null,
    Number(next.resume),
    next.because,
    next.restarts,
    changed,
    row.id,
  );
}

/** A queued run ends at once; of an active one the wish is noted. */
export function requestCancel(db: Database, row: RunRow, changed: number, now: number): CancelOutcome {
  if (row.state === 'queued') {
    db.run(
      `UPDATE runs SET state = 'cancelled', reason = 'Cancelled before it started.', ended_at = ?, changed = ?
         WHERE id = ?`,
      now,
      changed,
      row.id,
    );
    return 'cancelled';
  }
  if (!isActive(row)) return 'ended';
  db.run(
    `UPDATE runs SET cancel_requested = 1, reason = 'Stopping.', changed = ? WHERE id = ?`,
    changed,
    row.id,
  );
  return 'requested';
}

/** Returns whether it was needed: not where the attempt has ended already, or is not the present one. */
export function settle(
  db: Database,
  row: RunRow,
  end: { readonly attempt: number; readonly state: EndState; readonly reason: string | null },
  changed: number,
  now: number,
): boolean {
  if (row.attempt !== end.attempt || !isActive(row)) return false;
  noteEnd(db, row.id, end.attempt, end, now);
  db.run(
    'UPDATE runs SET state = ?, reason = ?, ended_at = ?, changed = ? WHERE id = ?',
    end.state,
    end.reason,
    now,
    changed,
    row.id,
  );
  return true;
}

/** How the processes of an attempt ended, as their launcher tells it. */
export interface ProcessEnd {
  readonly attempt: number;
  readonly fault: Fault;
  readonly reason: string;
  /** The same in one sentence, where the reason has more; what the next attempt is told. */
  readonly short?: string;
  /** Whether the reason is more than that they are gone. */
  readonly named: boolean;
}

/**
 * The processes of an attempt are gone. A run that has said how it ended stays so; of any other this is the judgement:
 * cancelled where that was asked for, queued to go on from its last checkpoint after a passing fault, failed else.
 */
export function processesEnded(
  db: Database,
  row: RunRow,
  end: ProcessEnd,
  changed: number,
  now: number,
): void {
  const { attempt } = end;
  if (row.attempt !== attempt || !isActive(row)) return;
  const said = saidEnd(db, row.id, attempt);
  const settleAs = (state: EndState, reason: string) =>
    settle(db, row, { attempt, state, reason }, changed, now);
  if (row.cancel_requested === 1) return void settleAs('cancelled', 'Cancelled.');
  // Ranks cannot tell a person's scancel from preemption; the queue can.
  if (end.fault === 'cancelled' && said?.state !== 'failed') return void settleAs('cancelled', end.reason);
  // What a rank has seen of another's death says more than the launcher; of its own interruption, less.
  const better = said?.reason && !(said.state === 'interrupted' && end.named);
  const reason = better ? said.reason! : end.reason;
  // A run that has said its end and is active still had said that it may go on.
  const passing = said !== undefined || end.fault === 'passing';
  if (!passing) return void settleAs('failed', reason);
  if (!mayRestart(row)) return void settleAs('failed', givenUp(row, reason));
  noteEnd(db, row.id, attempt, { state: said?.state ?? 'failed', reason }, now);
  const because = better ? reason : (end.short ?? reason);
  queue(db, row, { resume: true, because, restarts: row.restarts + 1 }, changed);
}
