import { chmodSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';

/**
 * Build something in a folder beside the one it is for, so that the latter never holds half an installation. What is
 * left beside it at the end, for whatever reason, goes.
 *
 * @param build - given the folder to build in; `moveInto` puts what it has built into its place
 */
export async function buildBeside<T>(folder: string, build: (building: string) => Promise<T>): Promise<T> {
  const parent = dirname(folder);
  mkdirSync(parent, { recursive: true });
  removeAbandoned(folder);
  const building = mkdtempSync(join(parent, `${basename(folder)}${mark()}`));
  try {
    return await build(building);
  } finally {
    rmSync(building, { recursive: true, force: true });
  }
}

/** Put the finished installation in its place. What was there goes; where a process has it loaded, it keeps its files. */
export function moveInto(built: string, folder: string): void {
  const before = join(dirname(built), 'before');
  try {
    renameSync(folder, before);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  // Made for this user alone while it was temporary; others on a shared disk may load it.
  chmodSync(built, 0o755);
  renameSync(built, folder);
}

/** Marks a folder that an installation of this process builds in. */
function mark(pid: number | string = process.pid): string {
  return `.building-${hostname()}-${pid}-`;
}

/** Remove what installations of this machine left beside the folder when they were killed. */
function removeAbandoned(folder: string): void {
  const start = `${basename(folder)}.building-${hostname()}-`;
  for (const name of readdirSync(dirname(folder))) {
    if (!name.startsWith(start)) continue;
    const pid = Number.parseInt(name.slice(start.length), 10);
    if (pid === process.pid || isRunning(pid)) continue;
    rmSync(join(dirname(folder), name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
