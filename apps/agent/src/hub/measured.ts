import type { EpochEvent, RunView } from '@litmatter/protocol';
import type { Database } from './database.ts';
import { type EventRow, type RunRow, toEpochView, toRunView } from './rows.ts';

/** A run and the epochs it has measured, its latest fifty, oldest first. */
export interface MeasuredRun {
  readonly run: RunView;
  readonly epochs: EpochEvent[];
}

/** The latest runs whose times are comparable (`seriesKey`) and that have measured two epochs at least. */
export function measuredRuns(db: Database, series: string, limit: number): MeasuredRun[] {
  return db
    .all<RunRow>(
      'SELECT * FROM runs WHERE series = ? AND epochs_done >= 2 ORDER BY created_at DESC LIMIT ?',
      series,
      limit,
    )
    .map((row) => ({
      run: toRunView(row),
      epochs: db
        .all<EventRow>(
          `SELECT cursor, body, rank_count, ranks FROM events
              WHERE run = ? AND type = 'epoch' ORDER BY cursor DESC LIMIT 50`,
          row.id,
        )
        .map(toEpochView)
        .reverse(),
    }));
}
