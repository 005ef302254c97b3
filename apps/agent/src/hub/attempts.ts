import type { AttemptView, EndedEvent, RunSpec, StartedEvent } from '@litmatter/protocol';
import type { Database } from './database.ts';
import type { RunRow } from './rows.ts';

/** The launches of runs: what the scheduler needs of them, and what each came to. */

/** One launch of a run, as the scheduler needs it. */
export interface Attempt {
  readonly run: string;
  readonly attempt: number;
  readonly spec: RunSpec;
  /** What the launcher finds it by; null where the hub ended between deciding to launch and having launched. */
  readonly reference: string | null;
  readonly cancelRequested: boolean;
  /** It goes on from the last checkpoint, for this reason; null where a person has asked for it. */
  readonly resume?: { readonly because: string | null };
  /** Whatever ends it, none follows by itself. */
  readonly last?: true;
}

interface AttemptRow {
  attempt: number;
  created_at: number;
  resumed_after: number | null;
  state: AttemptView['state'];
  reason: string | null;
  ended_at: number | null;
}

/** Every attempt of a run, the first one first. */
export function attemptsOf(db: Database, run: string): AttemptView[] {
  return db
    .all<AttemptRow>(
      'SELECT attempt, created_at, resumed_after, state, reason, ended_at FROM attempts WHERE run = ? ORDER BY attempt',
      run,
    )
    .map((row) => ({
      attempt: row.attempt,
      createdAt: row.created_at,
      resumedAfter: row.resumed_after,
      state: row.state,
      reason: row.reason,
      endedAt: row.ended_at,
    }));
}

/** Attempts that have been decided on and have not ended. */
export function activeAttempts(db: Database): Attempt[] {
  return db
    .all<{
      id: string;
      attempt: number;
      spec: string;
      reference: string | null;
      cancel_requested: number;
      resumes: number;
      because: string | null;
      restarts: number;
    }>(
      `SELECT r.id, r.attempt, r.spec, r.cancel_requested, r.restarts, a.reference, a.resumes, a.because
         FROM runs r JOIN attempts a ON a.run = r.id AND a.attempt = r.attempt
        WHERE r.state IN ('starting', 'running') ORDER BY r.created_at, r.experiment, r.idx`,
    )
    .map((row) => ({
      run: row.id,
      attempt: row.attempt,
      spec: JSON.parse(row.spec) as RunSpec,
      reference: row.reference,
      cancelRequested: row.cancel_requested === 1,
      ...(row.resumes === 1 && { resume: { because: row.because } }),
      ...(!mayRestart(row) && { last: true }),
    }));
}

export interface AttemptEnd {
  readonly state: NonNullable<AttemptView['state']>;
  readonly reason: string | null;
}

/** How an attempt said that it ended; undefined where it has not. */
export function saidEnd(db: Database, run: string, attempt: number): AttemptEnd | undefined {
  const row = db.get<{ state: AttemptView['state']; reason: string | null }>(
    'SELECT state, reason FROM attempts WHERE run = ? AND attempt = ?',
    run,
    attempt,
  );
  return row?.state ? { state: row.state, reason: row.reason } : undefined;
}

export function noteEnd(db: Database, run: string, attempt: number, end: AttemptEnd, at: number): void {
  db.run(
    'UPDATE attempts SET state = ?, reason = ?, ended_at = ? WHERE run = ? AND attempt = ?',
    end.state,
    end.reason,
    at,
    run,
    attempt,
  );
}

export function noteStart(db: Database, { run, attempt, resumedAfter }: StartedEvent): void {
  db.run(
    'UPDATE attempts SET resumed_after = ? WHERE run = ? AND attempt = ?',
    resumedAfter ?? null,
    run,
    attempt,
  );
}

/** How often a run may go on by itself. Specs that an earlier version has stored do not say. */
export function maxRestarts({ spec }: Pick<RunRow, 'spec'>): number {
  const { training } = JSON.parse(spec) as { training: Partial<RunSpec['training']> };
  return training.maxRestarts ?? 3;
}

export function mayRestart(row: Pick<RunRow, 'spec' | 'restarts'>): boolean {
  return row.restarts < maxRestarts(row);
}

/** Why a run has failed that may not go on by itself any more: with the number of tries, where there were several. */
export function givenUp(row: RunRow, reason: string): string {
  if (row.restarts === 0) return reason;
  const tries = row.restarts + 1;
  return `${reason} This was try ${tries} of ${tries} (maxRestarts: ${maxRestarts(row)}); resume it by hand to go on.`;
}

/** What is said of a run whose next attempt goes on from a checkpoint. */
export function resumesSentence(attempt: number, because: string | null, after?: number): string {
  const from = after === undefined ? '' : ` after epoch ${after}`;
  return `Attempt ${attempt} resumes${from}${because === null ? '.' : `: ${because}`}`;
}

/** Whether an attempt that ended so may be followed by one that goes on: said of it by itself. */
export function isResumable({ state, resumable }: Pick<EndedEvent, 'state' | 'resumable'>): boolean {
  return state === 'interrupted' || (state === 'failed' && resumable === true);
}
