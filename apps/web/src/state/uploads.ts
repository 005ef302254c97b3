import { decode, importRequest } from '@litmatter/protocol';
import { addressOf, call } from './api.ts';
import { importsQuery, queryClient } from './queries.ts';
import { sendFile } from './send-file.ts';
import { Store } from './store.ts';

/** What this page sends to the hub: it goes on while other pages of the dashboard are looked at. */
export interface Upload {
  readonly name: string;
  readonly files: readonly File[];
  readonly sent: number;
  readonly total: number;
  /** Bytes a second over the last few seconds; null at first. */
  readonly rate: number | null;
  /** Why it broke off. */
  readonly error: string | null;
}

export const uploads = new Store<readonly Upload[]>([]);

const stops = new Map<string, AbortController>();

/** Seconds over which a rate is taken. */
const span = 3;

/**
 * Announce the files of a data set to the hub, then send them one after the other. Resolves once they are announced.
 *
 * @throws InputError or Refused with the fields that are wrong, before anything is sent
 */
export async function startUpload(name: string, files: readonly File[]): Promise<void> {
  const body = decode(
    importRequest,
    { name, files: files.map((file) => ({ name: file.name, bytes: file.size })) },
    'The import',
  );
  await call('startImport', { body });
  void sendAll(name, files);
}

/** Break off, and forget what came. */
export async function cancelUpload(name: string): Promise<void> {
  stops.get(name)?.abort(new Error('cancelled'));
  uploads.set(uploads.get().filter((one) => one.name !== name));
}

async function sendAll(name: string, files: readonly File[]): Promise<void> {
  const stop = new AbortController();
  stops.set(name, stop);
  const total = files.reduce((sum, { size }) => sum + size, 0);
  const change = (part: Partial<Upload>) =>
    uploads.set(uploads.get().map((one) => (one.name === name ? { ...one, ...part } : one)));
  uploads.set([
    ...uploads.get().filter((one) => one.name !== name),
    { name, files, sent: 0, total, rate: null, error: null },
  ]);
  void queryClient.invalidateQueries(importsQuery);
  addEventListener('beforeunload', askBeforeLeaving);
  const pace = new Pace();
  let before = 0;
  try {
    for (const file of files) {
      const address = addressOf('uploadImport', { params: { name, file: file.name } });
      const onSent = (bytes: number) => {
        // What travels beside the file is no part of it.
        const sent = before + Math.min(bytes, file.size);
        change({ sent, rate: pace.at(sent) });
      };
      await sendFile(address, file, onSent, stop.signal);
      before += file.size;
    }
    uploads.set(uploads.get().filter((one) => one.name !== name));
  } catch (error) {
    if (!stop.signal.aborted) change({ error: sentenceOf(error) });
  } finally {
    if (stops.get(name) === stop) stops.delete(name);
    if (stops.size === 0) removeEventListener('beforeunload', askBeforeLeaving);
    void queryClient.invalidateQueries(importsQuery);
  }
}

function sentenceOf(error: unknown): string {
  return `${error instanceof Error ? error.message : String(error)} Nothing of it is kept on the hub.`;
}

function askBeforeLeaving(event: BeforeUnloadEvent): void {
  event.preventDefault();
}

/** How fast a count grows. */
class Pace {
  readonly #marks: { at: number; count: number }[] = [];

  /** @returns counts a second over the last few seconds; null while there is too little to tell from */
  at(count: number, now = performance.now() / 1e3): number | null {
    this.#marks.push({ at: now, count });
    while (this.#marks.length > 2 && this.#marks[1]!.at < now - span) this.#marks.shift();
    const first = this.#marks[0]!;
    return now - first.at < 0.3 ? null : (count - first.count) / (now - first.at);
  }
}
