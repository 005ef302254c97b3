import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type ImportFile, InputError } from '@litmatter/protocol';

/** An upload of which nothing has come for so long has broken off, in milliseconds. */
const silence = 120_000;

export interface Upload {
  readonly file: ImportFile;
  /** Where it is put: a folder of this upload's own. */
  readonly folder: string;
  readonly signal: AbortSignal;
  /** Hears of the bytes as they are written. */
  readonly onBytes: (bytes: number) => void;
}

/**
 * Take a file as it comes and write it down: never more of it in memory than a few chunks, never more than was said.
 *
 * @throws InputError where it is not as large as was said, or breaks off
 */
export async function takeFile(coming: Readable, upload: Upload): Promise<void> {
  const { file, folder, signal, onBytes } = upload;
  const stop = new AbortController();
  const quiet = setTimeout(() => stop.abort(), silence);
  let come = 0;
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      quiet.refresh();
      come += chunk.length;
      if (come > file.bytes) {
        done(new InputError(`${file.name} is larger than the ${file.bytes} bytes that were announced.`));
        return;
      }
      onBytes(chunk.length);
      done(null, chunk);
    },
  });
  try {
    // Never over a file that is there, and never through a link.
    const kept = createWriteStream(join(folder, file.name), { flags: 'wx', mode: 0o600 });
    await pipeline(coming, counter, kept, { signal: AbortSignal.any([signal, stop.signal]) });
  } catch (error) {
    if (error instanceof InputError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      throw new InputError(`There is no room left in the hub's data folder for ${file.name}.`);
    }
    if (code === 'EACCES' || code === 'EROFS') {
      throw new InputError(`The hub may not write into its data folder (${code}).`);
    }
    throw new InputError(`${file.name} broke off after ${come} of ${file.bytes} bytes. Send it again.`);
  } finally {
    clearTimeout(quiet);
  }
  if (come < file.bytes) {
    throw new InputError(
      `${file.name} has ${come} bytes, and ${file.bytes} were announced. Was it changed meanwhile? Choose it again.`,
    );
  }
}
