import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';

/**
 * Put a new folder in place of an old one, or of none: filled under another name and then renamed, so that whoever looks
 * finds the old one or the whole new one. Where `fill` throws, everything is as it was.
 */
export async function replaceFolder(folder: string, fill: (coming: string) => Promise<void>): Promise<void> {
  const tag = `${process.pid}.${randomBytes(6).toString('hex')}`;
  const coming = `${folder}.${tag}.new`;
  const going = `${folder}.${tag}.old`;
  await mkdir(coming, { recursive: true });
  try {
    await fill(coming);
    await rename(folder, going).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
    await rename(coming, folder).catch(async (error: unknown) => {
      await rename(going, folder).catch(() => undefined);
      throw error;
    });
  } finally {
    await rm(coming, { recursive: true, force: true });
    await rm(going, { recursive: true, force: true });
  }
}
