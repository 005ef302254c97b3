import { z } from 'zod';
import { type Installable, namedFolder as namedFolderOf, readInstalled } from '../installed.ts';

export { manifestFile } from '../installed.ts';

/** The command that installs the backend, as every sentence about a lack of it says. */
export const installCommand = 'litmatter backend install tensorflow';

/** Names an installation's folder where it is not the one in the data folder. */
export const folderVariable = 'LITMATTER_TENSORFLOW';

/** What an installation is. */
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

const tensorflow: Installable<TensorflowManifest> = {
  title: 'TensorFlow',
  folderVariable,
  installCommand,
  manifest: tensorflowManifest,
};

/** The folder to look in; undefined where none was named. */
export const namedFolder = (env: NodeJS.ProcessEnv = process.env) => namedFolderOf(tensorflow, env);

/** What lies in an installation's folder; undefined where none is there. @throws LackingError where it is damaged */
export const readManifest = (folder: string) => readInstalled(tensorflow, folder);
