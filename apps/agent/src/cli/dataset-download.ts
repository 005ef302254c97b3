import type { ImportReport } from '@litmatter/molecules/node';
import { InputError, LackingError } from '@litmatter/protocol';
import { byHand, type DownloadProgress, downloadDataset } from '../download/download.ts';
import { downloadSources, filesOf, sourceOf } from '../download/sources.ts';
import { exitCode } from '../job.ts';
import { ProgressLine } from './progress-line.ts';

export interface DownloadWanted {
  readonly name: string;
  readonly dataFolder: string;
  readonly subset: boolean;
  readonly from: string | undefined;
  readonly json: boolean;
  /** How to have the data set without this machine's network. */
  readonly otherwise: string | null;
}

const betweenLines = 500;

/**
 * `litmatter dataset download`: progress on stderr, or with --json as objects on stdout.
 *
 * @returns what was made of the files; undefined where it was interrupted, which is then said and in the exit code
 * @throws InputError for a data set that is not downloaded; LackingError with the manual way where the files cannot be had
 */
export async function download(wanted: DownloadWanted): Promise<ImportReport | undefined> {
  const { name, dataFolder, subset, from, json, otherwise } = wanted;
  if (!sourceOf(name)) {
    throw new InputError(
      `The data set "${name}" is not one to download; ${Object.keys(downloadSources).join(' and ')} are.`,
    );
  }
  const files = filesOf(name, subset);
  if (!files) throw new InputError(`The data set "${name}" has no subset of a benchmark.`);
  if (from !== undefined && !/^https?:\/\//.test(from)) {
    throw new InputError(
      `--from ${from}: give the address of a folder, such as https://mirror.example/qm9/.`,
    );
  }
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupt);
  const began = performance.now();
  const line = json ? undefined : new ProgressLine();
  let told = { message: '', at: 0 };
  try {
    return await downloadDataset(name, files, dataFolder, {
      signal: stop.signal,
      ...(from !== undefined && { from }),
      onProgress: ({ bytes, total: totalBytes, ...step }) => {
        const message = messageOf(name, step);
        const now = performance.now();
        if (message === told.message && now - told.at < betweenLines && bytes !== totalBytes) return;
        told = { message, at: now };
        const progress = {
          message,
          ...(bytes !== undefined && { bytes }),
          ...(totalBytes !== undefined && { totalBytes }),
          seconds: (now - began) / 1e3,
        };
        if (line) line.say(progress);
        else process.stdout.write(`${JSON.stringify({ type: 'progress', ...progress })}\n`);
      },
    });
  } catch (error) {
    line?.end();
    if (stop.signal.aborted) {
      process.stderr.write('Interrupted: what has come is kept, and the same command goes on from there.\n');
      process.exitCode = exitCode.interrupted;
      return undefined;
    }
    if (!(error instanceof LackingError)) throw error;
    throw new LackingError(`${error.message}${otherwise === null ? '' : ` By hand: ${byHand(otherwise)}`}`);
  } finally {
    line?.end();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, interrupt);
  }
}

function messageOf(name: string, { phase, file }: DownloadProgress): string {
  if (phase === 'reading') return `Reading ${name} through`;
  return `${phase === 'checking' ? 'Checking' : 'Downloading'} ${file}`;
}
