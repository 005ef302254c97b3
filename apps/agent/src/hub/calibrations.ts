import type { Database } from './database.ts';

/** What trials have measured for forecasts, kept by what they depend on. */
export class Calibrations {
  readonly #db: Database;
  readonly #now: () => number;

  constructor(db: Database, now: () => number) {
    this.#db = db;
    this.#now = now;
  }

  /** What was saved last under a key, as it was given. */
  of(key: string): { measuredAt: number; body: unknown } | undefined {
    const row = this.#db.get<{ measured_at: number; body: string }>(
      'SELECT measured_at, body FROM calibrations WHERE key = ?',
      key,
    );
    return row && { measuredAt: row.measured_at, body: JSON.parse(row.body) as unknown };
  }

  save(key: string, body: unknown): void {
    this.#db.write(() =>
      this.#db.run(
        'INSERT OR REPLACE INTO calibrations (key, measured_at, body) VALUES (?, ?, ?)',
        key,
        this.#now(),
        JSON.stringify(body),
      ),
    );
  }
}
