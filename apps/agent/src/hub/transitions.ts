import type { EndState, RunSpec } from '@litmatter/protocol';
import type { Database } from './database.ts';
import type { RunRow } from './rows.ts';

/**
 * What may become of a run by the hub's own doing: queued -> starting, active -> ended, failed or cancelled -> queued.
 * (What its events say is applied in events.ts.) Each is called inside a transaction, with the run as it is.
 */

/** One launch of a run, as the scheduler needs it. */
export interface Attempt {
  readonly run: string;
  readonly attempt: number;
  readonly spec: RunSpec;
  /** What the launcher finds it by; null where the hub ended between deciding to launch and having launched. */
  readonly reference: string | null;
  readonly cancelRequested: boolean;
}

export type CancelOutcome = 'cancelled' | 'requested' | 'ended';

function isActive({ state }: RunRow): boolean {
  return state === 'starting' || state === 'running';
}

/** Undefined where the run is not queued. */
export function beginAttempt(db: Database, row: RunRow, changed: number, now: number): Attempt | undefined {
  if (row.state !== 'queued') return undefined;
  const attempt = row.attempt + 1;
  db.run('INSERT INTO attempts (run, attempt, created_at) VALUES (?, ?, ?)', row.id, attempt, now);
  db.run(
    `UPDATE runs SET state = 'starting', reason = NULL, attempt = ?, cancel_requested = 0, started = NULL,
       test_mae = NULL, started_at = NULL, ended_at = NULL, last_heard_at = NULL, epochs_done = 0,
       best_validation_mae = NULL, changed = ? WHERE id = ?`,
    attempt,
    changed,
    row.id,
  );
  const spec = JSON.parse(row.spec) as RunSpec;
  return { run: row.id, attempt, spec, reference: null, cancelRequested: false };
}

/** Returns whether it was done. */
export function requeue(db: Database, row: RunRow, changed: number): boolean {
  if (row.state !== 'failed' && row.state !== 'cancelled') return false;
  db.run(
    `UPDATE runs SET state = 'queued', reason = NULL, ended_at = NULL, changed = ? WHERE id = ?`,
    changed,
    row.id,
  );
  return true;
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
