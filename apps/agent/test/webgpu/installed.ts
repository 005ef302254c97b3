import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { LackingError } from '@litmatter/protocol';
import { type Installed, installWebgpu } from '../../src/webgpu/install.ts';
import { probeWebgpu } from '../../src/webgpu/probe.ts';

/** Kept from one run of the tests to the next. */
export const cacheFolder = fileURLToPath(
  new URL('../../../../node_modules/.cache/litmatter/webgpu', import.meta.url),
);

/** The software adapter that Debian's chromium brings: Mesa's own of Debian 12 is too old for Dawn. */
const swiftshader = '/usr/lib/chromium/vk_swiftshader_icd.json';

export type Outcome =
  | { readonly installed: Installed; readonly env: NodeJS.ProcessEnv; readonly adapter: string }
  | { readonly lacking: string };

/** Install WebGPU for the tests, once, and find an adapter: the sentence says what this machine lacks. CI may lack nothing. */
export async function installForTests(): Promise<Outcome> {
  try {
    const installed = await installWebgpu({ folder: cacheFolder });
    for (const driver of [{}, ...(existsSync(swiftshader) ? [{ VK_DRIVER_FILES: swiftshader }] : [])]) {
      const env = { ...process.env, LITMATTER_WEBGPU: cacheFolder, ...driver };
      const { chosen } = await probeWebgpu(cacheFolder, { env });
      if (chosen) return { installed, env, adapter: chosen.name };
    }
    const { detail, mend } = installed.probed.lack!;
    throw new LackingError(`${detail} ${mend}`);
  } catch (error) {
    if (process.env.CI === 'true' || !(error instanceof LackingError)) throw error;
    return { lacking: error.message };
  }
}
