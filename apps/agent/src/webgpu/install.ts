import { mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { folderVariable, manifestFile, readManifest, type WebgpuManifest } from '@litmatter/models/webgpu';
import { LackingError } from '@litmatter/protocol';
import { buildBeside, moveInto } from '../backends/beside.ts';
import { missingNpm, missingRoom, missingWords } from '../backends/missing.ts';
import { toolEnvironment } from '../backends/npm.ts';
import { type OnProgress, Reporter } from '../backends/progress.ts';
import { webgpuFolder } from './folder.ts';
import { type Building, binaryFolder, bringPackage, pinned, platforms } from './package.ts';
import { type Probed, probeWebgpu } from './probe.ts';

export interface InstallOptions {
  /** Where to; the data folder's `backends/webgpu` where none is given. */
  readonly folder?: string;
  /** Install even where the same is there and works. */
  readonly force?: boolean;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
  readonly env?: NodeJS.ProcessEnv;
}

export interface Installed {
  readonly folder: string;
  readonly manifest: WebgpuManifest;
  /** False where it was there already. */
  readonly fresh: boolean;
  /** Of this machine now. */
  readonly probed: Probed;
}

/** The archive, and beside it what is unpacked of it. */
const neededBytes = 200 * 2 ** 20;

/**
 * Install Dawn for Node into a folder of its own, and check it by computing where a graphics adapter answers. It is
 * built beside the folder and moved there at the end: a folder never holds half an installation. Where the same is
 * there and works already, nothing is done.
 *
 * @throws LackingError naming what is missing and the command that mends it
 * @throws the signal's reason where it is aborted; what was built is removed
 */
export async function installWebgpu(options: InstallOptions = {}): Promise<Installed> {
  const { folder = webgpuFolder(), signal, env = process.env } = options;
  const report = new Reporter(options.onProgress);
  signal?.throwIfAborted();
  report.say('check', 'Looking at what is there');
  const there = options.force ? undefined : await stillGood(folder, options);
  if (there) return { ...there, folder, fresh: false };
  await checkMachine(folder, env);
  return buildBeside(folder, async (building) => {
    const attempt = join(building, 'package');
    mkdirSync(attempt);
    const built = await build({
      folder: attempt,
      env: toolEnvironment(attempt, env),
      report,
      ...(signal && { signal }),
    });
    moveInto(attempt, folder);
    return { ...built, folder, fresh: true };
  });
}

async function build(building: Building): Promise<Pick<Installed, 'manifest' | 'probed'>> {
  const { folder, report, env, signal } = building;
  await bringPackage(building);
  report.say('verify', 'Computing a product and its gradients with it');
  const write = (adapter: Probed['chosen']): WebgpuManifest => {
    const manifest: WebgpuManifest = {
      format: 1,
      package: pinned.name,
      packageVersion: pinned.version,
      integrity: pinned.integrity,
      platform: `${process.platform} ${process.arch}`,
      verified: { host: hostname(), adapter },
      node: process.versions.node,
      installedAt: new Date().toISOString(),
      seconds: Math.round(report.seconds * 10) / 10,
    };
    writeFileSync(join(folder, manifestFile), `${JSON.stringify(manifest, null, 2)}\n`);
    return manifest;
  };
  // The loader wants to know what it loads; in the folder people use, only the second of these is ever seen.
  write(null);
  const probed = await probeWebgpu(folder, { env, ...(signal && { signal }) });
  return { probed, manifest: write(probed.chosen) };
}

/** The installation that is there, where it is what is wanted and loads. */
async function stillGood(
  folder: string,
  { env = process.env, signal }: InstallOptions,
): Promise<Pick<Installed, 'manifest' | 'probed'> | undefined> {
  try {
    const manifest = readManifest(folder);
    if (manifest?.packageVersion !== pinned.version || manifest.integrity !== pinned.integrity)
      return undefined;
    const probed = await probeWebgpu(folder, { env, ...(signal && { signal }) });
    return { manifest, probed };
  } catch (error) {
    if (error instanceof LackingError) return undefined;
    throw error;
  }
}

async function checkMachine(folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  const here = binaryFolder();
  if (!platforms.includes(here)) {
    throw new LackingError(
      `WebGPU for Node is not to be had for ${here}, only for ${platforms.join(', ')}: use the wasm backend, which needs no installation.`,
    );
  }
  const missing = [...(await missingNpm(env)), ...missingRoom(folder, neededBytes, folderVariable)];
  if (missing.length > 0) {
    throw new LackingError(`The WebGPU backend cannot be installed: ${missingWords(missing)}.`);
  }
}
