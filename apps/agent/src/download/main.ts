import { decode, InputError } from '@litmatter/protocol';
import { z } from 'zod';
import { besideHub } from '../beside.ts';
import { failure } from '../cli/failure.ts';
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

let phase: DownloadProgress['phase'] | undefined;
// Once it is read it will soon be there; before, what has come is kept.
const hub = besideHub(() => phase !== 'reading');

/** The program behind the hub's `Downloads`: progress on stdout, what is wrong on stderr with its exit code. */
try {
  const { name, subset, dataFolder, from } = decode(
    downloadRequest,
    JSON.parse(process.argv[2] ?? 'null'),
    'the request',
  );
  const files = filesOf(name, subset);
  if (!files) throw new InputError(`The data set "${name}" is not one to download so.`);
  await downloadDataset(name, files, dataFolder, {
    ...(from !== undefined && { from }),
    onProgress: (progress) => {
      phase = progress.phase;
      hub.tell(progress, `${phase} ${progress.file}`);
    },
  });
  hub.done();
} catch (error) {
  process.exit(failure(error));
}
