import type { DatabaseSync } from 'node:sqlite';

/**
 * The hub's tables. `events` is the truth; everything a page shows of a run stands beside it in `runs` and
 * `experiments`, written in the transaction that stored the event. `changed` and `cursor` are positions in one
 * sequence (`clock`), so "what came after" is a range query.
 *
 * A migration is never edited once released: add another. `user_version` counts those applied.
 */
const migrations: readonly string[] = [
  `
  CREATE TABLE clock (value INTEGER NOT NULL) STRICT;
  INSERT INTO clock VALUES (0);

  CREATE TABLE experiments (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    spec TEXT NOT NULL,
    models TEXT NOT NULL,
    dataset TEXT NOT NULL,
    devices TEXT NOT NULL,
    archived INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    state TEXT NOT NULL,
    ended_at INTEGER,
    runs INTEGER NOT NULL,
    runs_ended INTEGER NOT NULL DEFAULT 0,
    runs_failed INTEGER NOT NULL DEFAULT 0,
    epochs INTEGER NOT NULL,
    epochs_done INTEGER NOT NULL DEFAULT 0,
    best_validation_mae REAL
  ) STRICT;

  CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    experiment TEXT NOT NULL REFERENCES experiments (id) ON DELETE CASCADE,
    idx INTEGER NOT NULL,
    spec TEXT NOT NULL,
    launcher TEXT NOT NULL,
    -- what its times are comparable with
    series TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    attempt INTEGER NOT NULL DEFAULT 0,
    cancel_requested INTEGER NOT NULL DEFAULT 0,
    started TEXT,
    test_mae REAL,
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    ended_at INTEGER,
    last_heard_at INTEGER,
    epochs INTEGER NOT NULL,
    epochs_done INTEGER NOT NULL DEFAULT 0,
    best_validation_mae REAL,
    changed INTEGER NOT NULL,
    UNIQUE (experiment, idx)
  ) STRICT;
  CREATE INDEX runs_by_state ON runs (state);
  CREATE INDEX runs_by_series ON runs (series, created_at);

  CREATE TABLE attempts (
    run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    attempt INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    -- what the launcher finds the attempt by: a process, a Slurm job; null until it has been launched
    reference TEXT,
    -- last seq with no gap before it; -1 for none
    committed INTEGER NOT NULL DEFAULT -1,
    -- of the rank program; null while it runs, where it was killed, and where nobody saw its end
    exit_code INTEGER,
    PRIMARY KEY (run, attempt)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE events (
    cursor INTEGER PRIMARY KEY,
    experiment TEXT NOT NULL,
    run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    attempt INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    type TEXT NOT NULL,
    -- the event as JSON without its list of ranks
    body TEXT NOT NULL,
    rank_count INTEGER NOT NULL,
    -- the list of ranks as JSON; last, so that reading without it skips its pages
    ranks TEXT,
    UNIQUE (run, attempt, seq)
  ) STRICT;
  CREATE INDEX epochs_by_experiment ON events (experiment, cursor) WHERE type = 'epoch';
  CREATE INDEX events_by_experiment ON events (experiment, cursor);
  CREATE INDEX events_by_run ON events (run, cursor);

  -- forecasts' calibrations, by what they were measured of
  CREATE TABLE calibrations (
    key TEXT PRIMARY KEY,
    measured_at INTEGER NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  `,
  `
  -- attempts that go on from a checkpoint, and how each one ended
  ALTER TABLE attempts ADD COLUMN resumes INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE attempts ADD COLUMN because TEXT;
  -- the epoch of the checkpoint it went on from
  ALTER TABLE attempts ADD COLUMN resumed_after INTEGER;
  ALTER TABLE attempts ADD COLUMN state TEXT;
  ALTER TABLE attempts ADD COLUMN reason TEXT;
  ALTER TABLE attempts ADD COLUMN ended_at INTEGER;
  -- attempts begun by the hub itself after a fault, since a person last asked for one
  ALTER TABLE runs ADD COLUMN restarts INTEGER NOT NULL DEFAULT 0;
  -- whether the next attempt goes on from a checkpoint, and why
  ALTER TABLE runs ADD COLUMN resume_next INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE runs ADD COLUMN because TEXT;
  `,
  `
  -- of the target; null for experiments stored before it was kept
  ALTER TABLE experiments ADD COLUMN target_unit TEXT;
  `,
];

/** Bring a database up to date. Throws where it was written by a newer version than this. */
export function migrate(db: DatabaseSync): void {
  const row = db.prepare('PRAGMA user_version').get() as { user_version: number };
  if (row.user_version > migrations.length) {
    throw new Error(
      `The data folder was written by a newer version of litmatter (schema ${row.user_version}, this one knows ${migrations.length}): update litmatter or choose another folder with --data.`,
    );
  }
  for (let version = row.user_version; version < migrations.length; version++) {
    db.exec(`BEGIN IMMEDIATE; ${migrations[version]}; PRAGMA user_version = ${version + 1}; COMMIT;`);
  }
}
