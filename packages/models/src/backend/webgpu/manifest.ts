import { z } from 'zod';
import { type Installable, namedFolder as namedFolderOf, readInstalled } from '../installed.ts';

/** The command that installs the backend, as every sentence about a lack of it says. */
export const installCommand = 'litmatter backend install webgpu';

/** Names an installation's folder where it is not the one in the data folder. */
export const folderVariable = 'LITMATTER_WEBGPU';

/** A graphics adapter, as Vulkan (or Metal, or Direct3D) shows it to this process. */
const adapterCard = z.object({
  /** "NVIDIA A100-SXM4-80GB", "llvmpipe (LLVM 15.0.6, 256 bits)" */
  name: z.string(),
  /** It computes on the processor: for trials, and slower than wasm. */
  software: z.boolean(),
});

/** What an installation is. */
export const webgpuManifest = z.object({
  format: z.literal(1),
  package: z.literal('webgpu'),
  packageVersion: z.string(),
  /** Of the package as the registry gave it: sha512 in base64. */
  integrity: z.string(),
  platform: z.string(),
  /** What it computed on when it was installed, and on which machine; null where no adapter answered there. */
  verified: z.object({ host: z.string(), adapter: adapterCard.nullable() }),
  node: z.string(),
  /** ISO 8601. */
  installedAt: z.string(),
  seconds: z.number(),
});

export type AdapterCard = z.infer<typeof adapterCard>;
export type WebgpuManifest = z.infer<typeof webgpuManifest>;

const webgpu: Installable<WebgpuManifest> = {
  title: 'WebGPU',
  folderVariable,
  installCommand,
  manifest: webgpuManifest,
};

/** The folder to look in; undefined where none was named. */
export const namedFolder = (env: NodeJS.ProcessEnv = process.env) => namedFolderOf(webgpu, env);

/** What lies in an installation's folder; undefined where none is there. @throws LackingError where it is damaged */
export const readManifest = (folder: string) => readInstalled(webgpu, folder);
