import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { type ImportReport, importMolecules } from '@litmatter/molecules/node';
import { type DownloadPhase, InputError, LackingError } from '@litmatter/protocol';
import { type FetchOptions, fetchFile } from './fetch-file.ts';
import type { SourceFile } from './sources.ts';

export interface DownloadProgress {
  readonly phase: DownloadPhase;
  /** Null while the data set is read through. */
  readonly file: string | null;
  /** What has come of the file, once its server has answered. */
  readonly bytes?: number;
  readonly total?: number;
}

export interface DownloadOptions extends Omit<FetchOptions, 'folder' | 'onBytes' | 'onCheck'> {
  readonly onProgress?: (progress: DownloadProgress) => void;
  /** A folder by http that has the files under their names. */
  readonly from?: string;
}

/** Where a data set's files are until it is made of them. */
export function comingFolder(dataFolder: string, name: string): string {
  // No data set's name begins with a dot.
  return join(dataFolder, '.downloads', name);
}

/** Of what mends the lack of a data set, that which needs no download: where this has failed, it is of no more help. */
export function byHand(mend: string): string {
  return mend.replace(/^Run "litmatter dataset download.*?, or get/, 'Get');
}

/**
 * Bring a data set's files, and make it of them as an import does: read through first, there at once and whole, or not
 * at all. Files that have come are kept until then, so that a download that was broken off goes on.
 *
 * @throws LackingError where a file cannot be had; InputError where they are not what they should be
 */
export async function downloadDataset(
  name: string,
  files: readonly SourceFile[],
  dataFolder: string,
  options: DownloadOptions = {},
): Promise<ImportReport> {
  const { onProgress, from, ...others } = options;
  const folder = comingFolder(dataFolder, name);
  mkdirSync(folder, { recursive: true });
  const paths: string[] = [];
  for (const file of files) {
    const url =
      from === undefined ? file.url : new URL(file.name, from.endsWith('/') ? from : `${from}/`).href;
    const at = { phase: 'downloading', file: file.name } as const;
    onProgress?.(at);
    const onBytes = (bytes: number, total?: number) =>
      onProgress?.({ ...at, bytes, ...(total !== undefined && { total }) });
    const onCheck = () => onProgress?.({ phase: 'checking', file: file.name });
    paths.push(await fetchFile({ ...file, url }, { ...others, folder, onBytes, onCheck }));
  }
  onProgress?.({ phase: 'reading', file: null });
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const unpacked: string[] = [];
    for (const [i, { members }] of files.entries()) {
      unpacked.push(...(await unpack(paths[i]!, members, join(folder, 'unpacked'))));
    }
    const report = await importMolecules({ name, files: unpacked }, dataFolder);
    remove();
    return report;
  } catch (error) {
    // Not where there was no room: what has come is good then.
    if (error instanceof InputError || error instanceof LackingError) remove();
    throw error;
  }
}

/** The wanted files of a .tar.gz, whose own checksum tells whether it is whole; of another file itself. */
async function unpack(path: string, members: readonly string[] | undefined, into: string): Promise<string[]> {
  if (members === undefined) return [path];
  mkdirSync(into, { recursive: true });
  try {
    await promisify(execFile)('tar', ['-xzf', path, '-C', into]);
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string };
    throw new LackingError(
      code === 'ENOENT'
        ? 'There is no "tar" here to unpack the archive with: apt-get install tar.'
        : `${basename(path)} cannot be unpacked: ${stderr?.trim().split('\n', 1)[0] ?? String(error)}. It was not kept.`,
    );
  }
  const entries = readdirSync(into, { recursive: true, withFileTypes: true });
  return members.map((member) => {
    const entry = entries.find(({ name }) => name === member);
    if (entry?.isFile()) return join(entry.parentPath, entry.name);
    throw new LackingError(`${basename(path)} holds no ${member}. It was not kept.`);
  });
}
