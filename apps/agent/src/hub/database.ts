import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { migrate } from './schema.ts';

/**
 * The hub's SQLite file with its one writer: write-ahead log, each commit synced to disk before it is
 * acknowledged to anyone, statements prepared once, and the sequence every change takes its position from.
 */
export class Database {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  #clock: number;
  #writing = false;

  /** @param file - path of the database, made with its folder where absent; ':memory:' for tests */
  constructor(file: string) {
    if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true });
    this.#db = new DatabaseSync(file, { timeout: 5_000 });
    this.#db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;');
    migrate(this.#db);
    this.#clock = (this.#db.prepare('SELECT value FROM clock').get() as { value: number }).value;
  }

  /** Position of the latest change. */
  get clock(): number {
    return this.#clock;
  }

  /** The next position; only inside `write`. */
  tick(): number {
    if (!this.#writing) throw new Error('A change needs a transaction.');
    return ++this.#clock;
  }

  all<R>(sql: string, ...values: SQLInputValue[]): R[] {
    return this.#statement(sql).all(...values) as R[];
  }

  get<R>(sql: string, ...values: SQLInputValue[]): R | undefined {
    return this.#statement(sql).get(...values) as R | undefined;
  }

  /** Returns how many rows changed. */
  run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#statement(sql).run(...values).changes);
  }

  /** Run `work` in one transaction: all of it is on disk when this returns, or nothing is when it throws. */
  write<R>(work: () => R): R {
    if (this.#writing) throw new Error('Transactions do not nest.');
    const before = this.#clock;
    this.#db.exec('BEGIN IMMEDIATE');
    this.#writing = true;
    try {
      const result = work();
      if (this.#clock !== before) this.run('UPDATE clock SET value = ?', this.#clock);
      this.#db.exec('COMMIT');
      return result;
    } catch (error) {
      this.#clock = before;
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw error;
    } finally {
      this.#writing = false;
    }
  }

  close(): void {
    this.#statements.clear();
    this.#db.close();
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}
