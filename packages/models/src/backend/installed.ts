import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { decode, LackingError } from '@litmatter/protocol';
import type { z } from 'zod';

/** A backend that is installed into a folder of its own, in the words people read. */
export interface Installable<T> {
  /** "TensorFlow", "WebGPU" */
  readonly title: string;
  /** The variable that names the folder where it is not the one in the data folder. */
  readonly folderVariable: string;
  /** The command that installs it, as every sentence about a lack of it says. */
  readonly installCommand: string;
  readonly manifest: z.ZodType<T>;
}

/** Says what an installation is. Written last, so that a folder without it is not one. */
export const manifestFile = 'installed.json';

/** The folder to look in; undefined where none was named. */
export function namedFolder(
  { folderVariable }: Pick<Installable<unknown>, 'folderVariable'>,
  env: NodeJS.ProcessEnv = process.env,
): string | undefined {
  const named = env[folderVariable];
  return named === undefined || named === '' ? undefined : resolve(named);
}

/** What lies in an installation's folder; undefined where none is there. @throws LackingError where it is damaged */
export function readInstalled<T>(backend: Installable<T>, folder: string): T | undefined {
  const path = join(folder, manifestFile);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  try {
    return decode(backend.manifest, JSON.parse(text), path);
  } catch (error) {
    throw new LackingError(
      `The ${backend.title} backend in ${folder} is damaged (${(error as Error).message}). Install it again: ${backend.installCommand}`,
    );
  }
}

/** The first line of what went wrong, to go on with in a sentence. */
export function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.trim().split('\n')[0]!.replace(/[.:]$/, '');
}
