import type { EndedEvent, EndState, LogEvent, RunEvent, StartedEvent } from '@litmatter/protocol';
import { givenUp, isResumable, mayRestart, noteEnd, noteStart, resumesSentence } from './attempts.ts';
import type { Database } from './database.ts';
import { type EventRow, joinEvent, maxRanksOnPage, type RunRow, splitEvent } from './rows.ts';

/** The event log: append each event once under its key (run, attempt, seq), read from a position on. */

/** The last seq of an attempt with none missing before it, -1 for none; undefined where there is no such attempt. */
export function committedSeq(db: Database, run: string, attempt: number): number | undefined {
  return db.get<{ committed: number }>(
    'SELECT committed FROM attempts WHERE run = ? AND attempt = ?',
    run,
    attempt,
  )?.committed;
}

/** Inside a transaction: store what is new and follows without a gap, and what it says of the run. */
export function appendEvents(
  db: Database,
  run: RunRow,
  attempt: number,
  events: readonly RunEvent[],
  now: number,
): number | undefined {
  let committed = committedSeq(db, run.id, attempt);
  if (committed === undefined) return undefined;
  const current = attempt === run.attempt;
  for (const event of [...events].sort((a, b) => a.seq - b.seq)) {
    if (event.seq !== committed + 1) continue;
    const { body, rankCount, ranks } = splitEvent(event);
    db.run(
      `INSERT INTO events (cursor, experiment, run, attempt, seq, type, body, rank_count, ranks)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      db.tick(),
      run.experiment,
      run.id,
      attempt,
      event.seq,
      event.type,
      body,
      rankCount,
      ranks,
    );
    committed = event.seq;
    if (event.type === 'started') noteStart(db, event);
    if (event.type === 'ended') {
      noteEnd(db, run.id, attempt, { state: event.state, reason: event.reason ?? null }, event.at);
    }
    if (current) apply(db, run, event);
  }
  db.run('UPDATE attempts SET committed = ? WHERE run = ? AND attempt = ?', committed, run.id, attempt);
  if (current) {
    db.run('UPDATE runs SET last_heard_at = ?, changed = ? WHERE id = ?', now, db.tick(), run.id);
  }
  return committed;
}

const eventQueries = {
  run: 'SELECT cursor, body, rank_count, ranks FROM events WHERE run = ? AND cursor > ? ORDER BY cursor LIMIT ?',
  experiment:
    'SELECT cursor, body, rank_count, ranks FROM events WHERE experiment = ? AND cursor > ? ORDER BY cursor LIMIT ?',
} as const;

/** Events of a run or of a whole experiment after a position, oldest first, with their lists of ranks. */
export function eventsAfter(
  db: Database,
  of: keyof typeof eventQueries,
  id: string,
  after: number,
  limit: number,
): { events: RunEvent[]; cursor: number } {
  const rows = db.all<EventRow>(eventQueries[of], id, after, limit);
  return { events: rows.map(joinEvent), cursor: rows.at(-1)?.cursor ?? after };
}

/** An experiment's epochs after a position, long lists of ranks left out. */
export function epochsAfter(db: Database, experiment: string, after: number, limit = -1): EventRow[] {
  return db.all<EventRow>(
    `SELECT cursor, body, rank_count, CASE WHEN rank_count <= ${maxRanksOnPage} THEN ranks END AS ranks
       FROM events WHERE experiment = ? AND type = 'epoch' AND cursor > ? ORDER BY cursor LIMIT ?`,
    experiment,
    after,
    limit,
  );
}

/** What an attempt's ranks logged: the last `limit` lines, oldest first. */
export function logLines(db: Database, run: string, attempt: number, limit: number): LogEvent[] {
  return db
    .all<{ body: string }>(
      `SELECT body FROM events WHERE run = ? AND attempt = ? AND type = 'log' ORDER BY seq DESC LIMIT ?`,
      run,
      attempt,
      limit,
    )
    .map((row) => JSON.parse(row.body) as LogEvent)
    .reverse();
}

/** What an event of the current attempt says of its run. A run queued again meanwhile is left alone. */
function apply(db: Database, run: RunRow, event: RunEvent): void {
  if (event.type === 'started') {
    const { collective, parameters, trainSamples, validationSamples, stepsPerEpoch, oversubscribed } = event;
    const after = event.resumedAfter;
    const ranks = event.ranks.slice(0, maxRanksOnPage);
    db.run(
      `UPDATE runs SET state = CASE state WHEN 'starting' THEN 'running' ELSE state END, started = ?, started_at = ?,
         reason = coalesce(?, reason), epochs_done = ?, best_validation_mae = CASE ? WHEN 0 THEN NULL ELSE best_validation_mae END
         WHERE id = ? AND state <> 'queued'`,
      JSON.stringify({
        ranks,
        collective,
        parameters,
        trainSamples,
        validationSamples,
        stepsPerEpoch,
        oversubscribed,
      }),
      event.at,
      after === undefined ? null : resumesSentence(event.attempt, becauseOf(db, event), after),
      after ?? 0,
      after ?? 0,
      event.run,
    );
  } else if (event.type === 'epoch') {
    db.run(
      `UPDATE runs SET epochs_done = max(epochs_done, ?1),
         best_validation_mae = min(coalesce(best_validation_mae, ?2), coalesce(?2, best_validation_mae))
         WHERE id = ?3 AND state <> 'queued'`,
      event.epoch,
      event.validationMae,
      event.run,
    );
  } else if (event.type === 'ended') {
    const row = db.get<RunRow>('SELECT * FROM runs WHERE id = ?', run.id)!;
    if (row.state === 'queued') return;
    const { state, reason } = judged(row, event);
    if (state === undefined) {
      db.run('UPDATE runs SET reason = ? WHERE id = ?', reason, run.id);
      return;
    }
    db.run(
      'UPDATE runs SET state = ?, reason = ?, ended_at = ?, test_mae = ? WHERE id = ?',
      state,
      reason,
      event.at,
      event.testMae ?? null,
      event.run,
    );
  }
}

/**
 * What the end of the current attempt is to its run. No state while that is not known: an attempt that may be followed
 * by one that goes on is judged when its processes are gone (transitions.ts).
 */
function judged(row: RunRow, event: EndedEvent): { state: EndState | undefined; reason: string | null } {
  const reason = event.reason ?? null;
  const state = event.state === 'interrupted' ? undefined : event.state;
  if (!isResumable(event)) return { state, reason };
  if (row.cancel_requested === 1) return { state: 'cancelled', reason: 'Cancelled.' };
  if (row.state !== 'starting' && row.state !== 'running') return { state, reason };
  if (state === undefined || mayRestart(row)) return { state: undefined, reason };
  return { state, reason: givenUp(row, reason ?? '') };
}

function becauseOf(db: Database, { run, attempt }: StartedEvent): string | null {
  const row = db.get<{ because: string | null }>(
    'SELECT because FROM attempts WHERE run = ? AND attempt = ?',
    run,
    attempt,
  );
  return row?.because ?? null;
}
