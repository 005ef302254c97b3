import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { type Columns, decodeColumns, encodeColumns } from '../columns.ts';

/**
 * Write arrays as one file: to a temporary name first, then renamed, so that a reader sees the old file or the whole
 * new one, and writers at the same time do not mix.
 */
export async function writeColumns(path: string, meta: unknown, columns: Columns): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(encodeColumns(meta, columns, crc32));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Read such a file back; the arrays are views of one buffer. Null where it is missing, broken or of another version. */
export async function readColumns(path: string): Promise<{ meta: unknown; columns: Columns } | null> {
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      // A buffer of its own, so that every array starts at a multiple of its element's size.
      const bytes = new Uint8Array(new ArrayBuffer(size));
      let read = 0;
      while (read < size) {
        const { bytesRead } = await file.read(bytes, read, Math.min(size - read, 1 << 30), read);
        if (bytesRead === 0) return null;
        read += bytesRead;
      }
      return decodeColumns(bytes, crc32);
    } finally {
      await file.close();
    }
  } catch {
    return null;
  }
}
