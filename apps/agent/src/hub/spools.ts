import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { maxEventsPerMessage } from '@litmatter/protocol';
import { readSpool, spoolFile } from '../rank/spool.ts';
import type { Store } from './store.ts';

/**
 * Store what an attempt's spool holds and the hub does not: after the hub was away, or where the rank never reached it.
 * What is stored already is passed over.
 *
 * @returns whether there was a spool
 * @throws InputError where the spool is damaged
 */
export function collectSpool(store: Store, run: string, attempt: number, folder: string): boolean {
  const path = join(folder, spoolFile);
  if (!existsSync(path)) return false;
  const committed = store.committed(run, attempt);
  if (committed === undefined) return true;
  const fresh = readSpool(path).filter(
    (event) => event.run === run && event.attempt === attempt && event.seq > committed,
  );
  for (let at = 0; at < fresh.length; at += maxEventsPerMessage) {
    store.append(run, attempt, fresh.slice(at, at + maxEventsPerMessage));
  }
  return true;
}
