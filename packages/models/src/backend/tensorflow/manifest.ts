import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode, LackingError } from '@litmatter/protocol';
import { z } from 'zod';

/** The command that installs the backend, as every sentence about a lack of it says. */
export const installCommand = 'litmatter backend install tensorflow';

export const manifestFile = 'installed.json';

/** What an installation is: written last, so that a folder without it is not one. */
export const tensorflowManifest = z.object({
  format: z.literal(1),
  package: z.enum(['@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu']),
  packageVersion: z.string(),
  /** Where the shared library is from: a Python wheel, or the npm package's own download. */
  source: z.enum(['wheel', 'package']),
  /** TensorFlow's own version, as the library says it. */
  library: z.string(),
  /** The wheel's file name; null where there was none. */
  wheel: z.string().nullable(),
  cuda: z.boolean(),
  /** Whether several threads of one process may load it: true of bindings built here. */
  severalThreads: z.boolean(),
  platform: z.string(),
  /** What it computed on when it was installed, and on which machine. */
  verified: z.object({
    host: z.string(),
    gpu: z.boolean(),
    device: z.string(),
    instructions: z.string().nullable(),
  }),
  node: z.string(),
  /** ISO 8601. */
  installedAt: z.string(),
  seconds: z.number(),
});

export type TensorflowManifest = z.infer<typeof tensorflowManifest>;

/** What lies in an installation's folder; undefined where none is there. @throws LackingError where it is damaged */
export function readManifest(folder: string): TensorflowManifest | undefined {
  const path = join(folder, manifestFile);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  try {
    return decode(tensorflowManifest, JSON.parse(text), path);
  } catch (error) {
    throw new LackingError(
      `The TensorFlow backend in ${folder} is damaged (${(error as Error).message}). Install it again: ${installCommand}`,
    );
  }
}
