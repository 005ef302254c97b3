import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { decode, InputError, maxEventsPerMessage, type RunEvent, runEvent } from '@litmatter/protocol';
import { z } from 'zod';
import { spoolFile } from '../rank/spool.ts';
import type { Store } from './store.ts';

/** Bytes read at once; grown for a line that is longer. */
const chunkBytes = 2 ** 20;

const keyOnly = z.object({ run: z.string(), attempt: z.number(), seq: z.number() });

/**
 * Stores what an attempt's spool holds and the hub does not: after the hub was away, or where the rank does not reach
 * it. It goes on where it stopped the last time, and holds a few lines in memory, however long the spool has become.
 */
export class SpoolCollector {
  readonly #store: Store;
  readonly #run: string;
  readonly #attempt: number;
  readonly #path: string;
  #offset = 0;
  #lines = 0;

  constructor(store: Store, run: string, attempt: number, folder: string) {
    this.#store = store;
    this.#run = run;
    this.#attempt = attempt;
    this.#path = join(folder, spoolFile);
  }

  /**
   * Store what is new. A last line without its end is left for the next time.
   *
   * @returns whether there is a spool
   * @throws InputError naming the line that is no event of this attempt
   */
  collect(): boolean {
    if (!existsSync(this.#path)) return false;
    const file = openSync(this.#path, 'r');
    try {
      for (let size = chunkBytes; ; ) {
        const bytes = Buffer.alloc(size);
        const read = readSync(file, bytes, 0, size, this.#offset);
        const end = bytes.subarray(0, read).lastIndexOf(10);
        if (end >= 0) this.#take(bytes.toString('utf8', 0, end));
        this.#offset += end + 1;
        if (read < size) return true;
        if (end < 0) size *= 2;
      }
    } finally {
      closeSync(file);
    }
  }

  #take(text: string): void {
    const committed = this.#store.committed(this.#run, this.#attempt);
    const fresh: RunEvent[] = [];
    for (const line of text.split('\n')) {
      this.#lines++;
      const where = `${this.#path}, line ${this.#lines}`;
      const value = parsed(line, where);
      const key = decode(keyOnly, value, where);
      if (key.run !== this.#run || key.attempt !== this.#attempt) {
        throw new InputError(`${where}: this is an event of ${key.run}, attempt ${key.attempt}.`);
      }
      if (committed !== undefined && key.seq > committed) fresh.push(decode(runEvent, value, where));
    }
    for (let at = 0; at < fresh.length; at += maxEventsPerMessage) {
      this.#store.append(this.#run, this.#attempt, fresh.slice(at, at + maxEventsPerMessage));
    }
  }
}

function parsed(line: string, where: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new InputError(`${where}: this is not JSON. The file was changed by something else.`);
  }
}
