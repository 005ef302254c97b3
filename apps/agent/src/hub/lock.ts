import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { InputError } from '@litmatter/protocol';
import { z } from 'zod';

/** Where the hub of a data folder is to be found; written beside its database, without the token. */
const hubFile = z.object({ url: z.url(), pid: z.number().int(), host: z.string() });
export type HubFile = z.infer<typeof hubFile>;

export interface FolderLock {
  release(): void;
}

/**
 * Take a data folder for this process: two hubs on one folder would launch its runs twice. The lock is an open
 * exclusive transaction on a file of its own, so the system frees it however the process ends.
 *
 * @throws InputError where another hub holds it
 */
export function lockFolder(folder: string): FolderLock {
  mkdirSync(folder, { recursive: true });
  const db = new DatabaseSync(join(folder, 'hub.lock'), { timeout: 0 });
  try {
    db.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; CREATE TABLE IF NOT EXISTS lock (x);');
  } catch (error) {
    db.close();
    if (!/locked|busy/i.test((error as Error).message)) throw error;
    const other = readHubFile(folder);
    const where = other === undefined ? '' : ` (process ${other.pid} on ${other.host}, ${other.url})`;
    throw new InputError(
      `Another hub already works in ${folder}${where}: use that one, stop it, or choose another folder with --data.`,
    );
  }
  return { release: () => db.close() };
}

export function writeHubFile(folder: string, content: HubFile): void {
  const path = join(folder, 'hub.json');
  writeFileSync(`${path}.tmp`, `${JSON.stringify(content)}\n`, { mode: 0o600 });
  renameSync(`${path}.tmp`, path);
}

/** Where the folder's last hub listened; undefined where none was ever started there. */
export function readHubFile(folder: string): HubFile | undefined {
  try {
    return hubFile.parse(JSON.parse(readFileSync(join(folder, 'hub.json'), 'utf8')));
  } catch {
    return undefined;
  }
}
