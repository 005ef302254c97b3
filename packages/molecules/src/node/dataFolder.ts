import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decode, InputError, registryName } from '@litmatter/protocol';
import type { DatasetContext, StoredFile } from '../datasets/dataset.ts';
import type { Source } from '../readers/source.ts';

/**
 * A file on disk as a source for the readers, streamed. `onRead` hears of the bytes as they come from the disk.
 *
 * @throws InputError where it cannot be read
 */
export function fileSource(path: string, onRead?: (bytes: number) => void): Source {
  const name = basename(path);
  async function* bytes(): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
        const bytes: Uint8Array = chunk;
        onRead?.(bytes.length);
        yield bytes;
      }
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      const why = code === 'ENOENT' ? 'there is no such file' : `${code ?? error}`;
      throw new InputError(`${path} cannot be read: ${why}.`);
    }
  }
  return { name, bytes: { [Symbol.asyncIterator]: bytes } };
}

async function stored(path: string): Promise<StoredFile | null> {
  try {
    const found = await stat(path);
    if (!found.isFile()) return null;
    const stamp = `${basename(path)}:${found.size}:${found.mtimeMs}`;
    return { source: fileSource(path), bytes: found.size, stamp };
  } catch {
    return null;
  }
}

/** The folder of one data set within the data folder. */
export function datasetFolder(dataFolder: string, dataset: string): string {
  return join(dataFolder, decode(registryName, dataset, `The data set's name "${dataset}"`));
}

/** Data sets from a folder with a folder for each: DIR/qm9/gdb9.sdf (or gdb9.sdf.gz). */
export function dataFolderDatasets(dataFolder: string): DatasetContext {
  return {
    async asset(url) {
      return new Uint8Array(await readFile(fileURLToPath(url)));
    },
    async open(dataset, file) {
      // Definitions are code, but a file name has no business outside its folder all the same.
      const path = join(datasetFolder(dataFolder, dataset), basename(file));
      return (await stored(path)) ?? (await stored(`${path}.gz`));
    },
    folder: (dataset) => datasetFolder(dataFolder, dataset),
  };
}
