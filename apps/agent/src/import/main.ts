import { importMolecules, lookThrough } from '@litmatter/molecules/node';
import { decode, importTarget, registryName } from '@litmatter/protocol';
import { z } from 'zod';
import { besideHub } from '../beside.ts';
import { failure } from '../cli/failure.ts';

/** What the hub has read: JSON in the first argument. Without a data folder the files are looked through, and no more. */
const importJob = z.strictObject({
  name: registryName,
  /** Absolute paths. */
  files: z.array(z.string().min(1)).min(1),
  dataFolder: z.string().min(1).optional(),
  targets: z.array(importTarget).optional(),
});

export type ImportJob = z.infer<typeof importJob>;

let [read, writing] = [0, false];
// Once it is being written it will be there in a moment, and whole; before, nothing has changed.
const hub = besideHub(() => !writing);

/** The program behind the hub's `Imports`: progress and what was found on stdout, what is wrong on stderr. */
try {
  const { name, files, dataFolder, targets } = decode(
    importJob,
    JSON.parse(process.argv[2] ?? 'null'),
    'the request',
  );
  const onRead = (bytes: number) => {
    read += bytes;
    hub.tell({ read }, 'reading');
  };
  const request = { name, files, onRead };
  if (dataFolder === undefined) hub.tell({ read, found: await lookThrough(request) }, 'found');
  else {
    const onWrite = () => {
      writing = true;
    };
    await importMolecules({ ...request, onWrite, ...(targets && { targets }) }, dataFolder);
  }
  hub.done();
} catch (error) {
  process.exit(failure(error));
}
