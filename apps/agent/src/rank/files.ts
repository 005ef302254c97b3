import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Put a whole file in place, or leave what was there: a temporary file beside it, synced, then renamed.
 *
 * @param named - false where the caller syncs the folder itself, after more files
 */
export function writeWhole(path: string, bytes: Uint8Array | string, named = true): void {
  const buffer = Buffer.from(bytes);
  const temporary = `${path}.${process.pid}.tmp`;
  const file = openSync(temporary, 'w');
  try {
    for (let at = 0; at < buffer.length; ) at += writeSync(file, buffer, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
  if (named) syncFolder(dirname(path));
}

/** Make the names in a folder survive a power cut, where the system can. */
export function syncFolder(path: string): void {
  let folder: number | undefined;
  try {
    folder = openSync(path, 'r');
    fsyncSync(folder);
  } catch {
    // Windows and some network file systems do not open or sync folders: the file itself is on disk.
  } finally {
    if (folder !== undefined) closeSync(folder);
  }
}
