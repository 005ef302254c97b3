import { createRequire } from 'node:module';
import { join } from 'node:path';
import { decode, LackingError } from '@litmatter/protocol';
import { z } from 'zod';
import { firstLine } from '../installed.ts';
import { installCommand, readManifest, type WebgpuManifest } from './manifest.ts';

/** Dawn, the WebGPU of Chromium, as the npm package `webgpu` gives it to Node. */
export interface Dawn {
  /** An instance. Options as its own: "adapter=NAME". */
  readonly create: (options: readonly string[]) => GPU;
  readonly manifest: WebgpuManifest;
}

const packageShape = z.object({
  create: z.custom<Dawn['create']>((value) => typeof value === 'function'),
  /** GPUBufferUsage and the like, which a browser has on globalThis. */
  globals: z.record(z.string(), z.unknown()),
});

/**
 * Load Dawn in this thread: the main one or a worker. Its classes and constants become global, as in a browser.
 *
 * @throws LackingError where it is not installed, is of another machine, or does not load
 */
export function loadDawn(folder: string | undefined): Dawn {
  const manifest = folder === undefined ? undefined : readManifest(folder);
  if (folder === undefined || manifest === undefined) {
    const where = folder === undefined ? 'here' : `in ${folder}`;
    throw new LackingError(`The WebGPU backend is not installed ${where}. Install it: ${installCommand}`);
  }
  const here = `${process.platform} ${process.arch}`;
  if (manifest.platform !== here) {
    throw new LackingError(
      `The WebGPU backend in ${folder} was installed for ${manifest.platform}, and this machine is ${here}. Install it here: ${installCommand}`,
    );
  }
  try {
    const loaded: unknown = createRequire(join(folder, 'package.json'))(manifest.package);
    const { create, globals } = decode(packageShape, loaded, `the package ${manifest.package}`);
    Object.assign(globalThis, globals);
    return { create, manifest };
  } catch (error) {
    throw new LackingError(
      `The WebGPU backend in ${folder} cannot be loaded: ${firstLine(error)}. Install it again: ${installCommand}`,
    );
  }
}
