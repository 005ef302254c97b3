import { closeSync, fstatSync, openSync, readSync, realpathSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';

/** The real path of a regular file inside a folder, links followed; undefined where it is not one or lies outside. */
export function fileInside(root: string, path: string): string | undefined {
  if (path.includes('\0')) return undefined;
  try {
    const real = realpathSync(join(root, path));
    return real.startsWith(realpathSync(root) + sep) && statSync(real).isFile() ? real : undefined;
  } catch {
    return undefined;
  }
}

/** The last bytes of a file in a folder, from the start of a line; empty where there is none. */
export function tail(folder: string, name: string, bytes: number): { text: string; cut: boolean } {
  const path = fileInside(folder, name);
  if (path === undefined) return { text: '', cut: false };
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const start = Math.max(0, size - bytes);
    const buffer = Buffer.alloc(size - start);
    const read = readSync(file, buffer, 0, buffer.length, start);
    const text = buffer.toString('utf8', 0, read);
    return start === 0 ? { text, cut: false } : { text: text.slice(text.indexOf('\n') + 1), cut: true };
  } finally {
    closeSync(file);
  }
}
