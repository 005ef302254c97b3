import { randomBytes } from 'node:crypto';
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { datasetFolder } from './dataFolder.ts';

/**
 * Remove a data set's folder and what was cached of it. It is gone at once: its folder is renamed before it is emptied.
 * A folder that is a link is let go of; what it leads to stays.
 *
 * @returns whether there was one
 * @throws InputError for what is no name of a data set
 */
export async function removeDatasetFolder(dataFolder: string, name: string): Promise<boolean> {
  const folder = datasetFolder(dataFolder, name);
  const going = `${folder}.${process.pid}.${randomBytes(6).toString('hex')}.old`;
  try {
    await rename(folder, going);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  const cache = join(dataFolder, 'cache');
  const cached = await readdir(cache).catch(() => []);
  // See `loadCached` for what they are called.
  const own = cached.filter(
    (file) => file.startsWith(`${name}-`) && /^-[0-9a-f]{12}[.-]/.test(file.slice(name.length)),
  );
  await Promise.all(own.map((file) => rm(join(cache, file), { force: true })));
  await rm(going, { recursive: true, force: true });
  return true;
}
