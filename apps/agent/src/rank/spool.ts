import { closeSync, fsyncSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { decode, InputError, type RunEvent, type RunEventBody, runEvent } from '@litmatter/protocol';
import { syncFolder } from './files.ts';

/** The spool's name in an attempt's folder. */
export const spoolFile = 'spool.jsonl';

/** No message is larger, but for a single event that is: socket.io refuses messages over 1 MB. */
const maxReadBytes = 512 * 1024;

/**
 * An attempt's events on disk, one JSON object a line in the order of their `seq`: written and synced before anything
 * is sent, read again until the hub has acknowledged them, and left for the hub to collect where it never did.
 *
 * Memory holds where each line begins, not the lines.
 */
export class Spool {
  readonly #path: string;
  readonly #file: number;
  readonly #key: { readonly run: string; readonly attempt: number };
  /** Where each event's line begins, and where the last one ends. */
  readonly #offsets: number[];

  /**
   * Open or create. A last line that was torn by a crash is cut off: nobody was told of it.
   *
   * @throws InputError where the file holds something else than this attempt's events
   */
  constructor(path: string, key: { readonly run: string; readonly attempt: number }) {
    this.#path = path;
    this.#key = key;
    this.#file = openSync(path, 'a+');
    const { ends } = scan(readAll(this.#file), path, key);
    this.#offsets = [0, ...ends];
    ftruncateSync(this.#file, this.#offsets.at(-1));
    // The new name must survive a power cut as the lines in it do.
    syncFolder(dirname(path));
  }

  /** Events written: the next gets this `seq`. */
  get length(): number {
    return this.#offsets.length - 1;
  }

  /** Give an event its key and put it on disk. When this returns, a power cut does not take it back. */
  append(body: RunEventBody): RunEvent {
    const keyed = { ...body, ...this.#key, seq: this.length, at: Date.now() };
    // What is not an event must not get in: the hub would refuse it, and all that follows it.
    const event = decode(runEvent, keyed, `event ${keyed.seq} of ${keyed.run}`);
    const line = Buffer.from(`${JSON.stringify(event)}\n`);
    try {
      for (let at = 0; at < line.length; ) at += writeSync(this.#file, line, at);
      fsyncSync(this.#file);
    } catch (error) {
      // Half a line must not become the start of the next one.
      ftruncateSync(this.#file, this.#offsets.at(-1));
      throw new Error(`Cannot write ${this.#path}: ${(error as Error).message}.`, { cause: error });
    }
    this.#offsets.push(this.#offsets[this.length] + line.length);
    return event;
  }

  /** Events from `seq` on: at most `limit`, and not many more bytes than one message carries. At least one if any. */
  read(seq: number, limit: number): RunEvent[] {
    const start = this.#offsets[seq];
    let end = seq;
    while (end < this.length && end - seq < limit) {
      if (end > seq && this.#offsets[end + 1] - start > maxReadBytes) break;
      end++;
    }
    const bytes = Buffer.alloc(this.#offsets[end] - start);
    for (let at = 0; at < bytes.length; ) {
      const n = readSync(this.#file, bytes, at, bytes.length - at, start + at);
      if (n === 0) throw new Error(`${this.#path} has become shorter than what was written to it.`);
      at += n;
    }
    return scan(bytes, this.#path, this.#key, seq).events;
  }

  close(): void {
    closeSync(this.#file);
  }
}

/**
 * Every event of a spool left behind, for the hub to collect. A torn last line is left out.
 *
 * @throws InputError naming file and line where it holds something else than events of one attempt in order
 */
export function readSpool(path: string): RunEvent[] {
  const file = openSync(path, 'r');
  try {
    return scan(readAll(file), path).events;
  } finally {
    closeSync(file);
  }
}

function readAll(file: number): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const part = Buffer.alloc(2 ** 20);
    const n = readSync(file, part, 0, part.length, at);
    if (n === 0) return Buffer.concat(parts);
    parts.push(part.subarray(0, n));
    at += n;
  }
}

/** Decode whole lines. `ends[i]` is where line i ends; bytes after the last newline are left out. */
function scan(
  bytes: Buffer,
  path: string,
  key?: { readonly run: string; readonly attempt: number },
  first = 0,
): { events: RunEvent[]; ends: number[] } {
  const events: RunEvent[] = [];
  const ends: number[] = [];
  let begin = 0;
  for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, begin)) {
    const where = `${path}, line ${first + events.length + 1}`;
    let value: unknown;
    try {
      value = JSON.parse(bytes.toString('utf8', begin, end));
    } catch {
      throw new InputError(`${where}: this is not JSON. The file was changed by something else.`);
    }
    const event = decode(runEvent, value, where);
    const owner = key ?? events[0] ?? event;
    if (event.run !== owner.run || event.attempt !== owner.attempt || event.seq !== first + events.length) {
      throw new InputError(
        `${where}: expected event ${first + events.length} of ${owner.run}, attempt ${owner.attempt}, ` +
          `but it is event ${event.seq} of ${event.run}, attempt ${event.attempt}.`,
      );
    }
    events.push(event);
    begin = end + 1;
    ends.push(begin);
  }
  return { events, ends };
}
