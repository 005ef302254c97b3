import { decode, InputError } from '@litmatter/protocol';
import { z } from 'zod';
import { failure } from '../cli/failure.ts';
import { exitCode } from '../job.ts';
import { type DownloadProgress, downloadDataset } from './download.ts';
import { filesOf } from './sources.ts';

/** What the hub downloads: JSON in the first argument. */
const downloadRequest = z.strictObject({
  name: z.string(),
  subset: z.boolean(),
  dataFolder: z.string().min(1),
  from: z.string().optional(),
});

export type DownloadRequest = z.infer<typeof downloadRequest>;

/** Progress on stdout comes so often at most, in milliseconds. */
const betweenLines = 250;

let phase: DownloadProgress['phase'] | undefined;
// Once it is read it will soon be there; before, what has come is kept.
const stop = () => phase !== 'reading' && process.exit(exitCode.interrupted);
process.on('SIGTERM', stop);
// The hub holds this open as long as it lives.
process.stdin.resume().on('close', stop);
process.stdout.on('error', () => {});

let latest: DownloadProgress | undefined;
let waiting: NodeJS.Timeout | undefined;
let told = { step: '', at: 0 };

function tell(progress: DownloadProgress): void {
  latest = progress;
  phase = progress.phase;
  const step = `${phase} ${progress.file}`;
  const rest = told.step === step ? told.at + betweenLines - performance.now() : 0;
  if (rest <= 0) write(step);
  // Where nothing more comes, the last of it is told all the same.
  else waiting ??= setTimeout(write, rest, step);
}

function write(step: string): void {
  clearTimeout(waiting);
  waiting = undefined;
  told = { step, at: performance.now() };
  process.stdout.write(`${JSON.stringify(latest)}\n`);
}

/** The program behind the hub's `Downloads`: progress on stdout, what is wrong on stderr with its exit code. */
try {
  const { name, subset, dataFolder, from } = decode(
    downloadRequest,
    JSON.parse(process.argv[2] ?? 'null'),
    'the request',
  );
  const files = filesOf(name, subset);
  if (!files) throw new InputError(`The data set "${name}" is not one to download so.`);
  await downloadDataset(name, files, dataFolder, { ...(from !== undefined && { from }), onProgress: tell });
  process.exit(exitCode.done);
} catch (error) {
  process.exit(failure(error));
}
