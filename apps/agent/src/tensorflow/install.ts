import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, hostname } from 'node:os';
import { join } from 'node:path';
import {
  askedDevice,
  listGpus,
  manifestFile,
  readManifest,
  type TensorflowManifest,
} from '@litmatter/models/tensorflow';
import { LackingError } from '@litmatter/protocol';
import { buildBeside, moveInto } from '../backends/beside.ts';
import { missingNpm, missingWords } from '../backends/missing.ts';
import { toolEnvironment } from '../backends/npm.ts';
import { type OnProgress, Reporter } from '../backends/progress.ts';
import { compileBinding } from './binding.ts';
import { tensorflowFolder } from './folder.ts';
import { downloadOwn } from './own-download.ts';
import { type Building, installPackage, packageVersion } from './package.ts';
import { missingDisk, missingForWheel } from './prerequisites.ts';
import { type Probed, probeTensorflow } from './probe.ts';
import { fetchLibrary } from './wheel.ts';

/** Where TensorFlow's library is taken from: a Python wheel, or the npm package's own download. */
export type Source = TensorflowManifest['source'];

export interface InstallOptions {
  /** With CUDA, for an NVIDIA GPU. */
  readonly cuda?: boolean;
  /** Where to; the data folder's `backends/tensorflow` where none is given. */
  readonly folder?: string;
  /** Try only this source. */
  readonly from?: Source;
  /** Install even where the same is there and works. */
  readonly force?: boolean;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
  readonly env?: NodeJS.ProcessEnv;
}

export interface Installed {
  readonly folder: string;
  readonly manifest: TensorflowManifest;
  /** False where it was there already. */
  readonly fresh: boolean;
  /** What was tried first and why it failed, in sentences. */
  readonly failures: readonly string[];
}

/**
 * Install `@tensorflow/tfjs-node` (with CUDA: `-gpu`) into a folder of its own, and check it by computing. It is built
 * beside the folder and moved there at the end: a folder never holds half an installation. Where the same is there and
 * works already, nothing is done.
 *
 * @throws LackingError naming what is missing and the command that mends it, or why each source failed
 * @throws the signal's reason where it is aborted; what was built is removed
 */
export async function installTensorflow(options: InstallOptions = {}): Promise<Installed> {
  const { cuda = false, folder = tensorflowFolder(), signal, env = process.env } = options;
  const report = new Reporter(options.onProgress);
  signal?.throwIfAborted();
  refuseIdleGpu(cuda, env);
  report.say('check', 'Looking at what is there');
  const there = options.force ? undefined : await stillGood(folder, options);
  if (there) return { folder, manifest: there, fresh: false, failures: [] };
  await checkMachine(folder, cuda, env);

  return buildBeside(folder, async (building) => {
    const common: Omit<Building, 'folder' | 'env'> = {
      package: cuda ? '@tensorflow/tfjs-node-gpu' : '@tensorflow/tfjs-node',
      cuda,
      report,
      ...(signal && { signal }),
    };
    const failures: string[] = [];
    for (const source of await sourcesToTry(options.from, env)) {
      const attempt = mkdtempSync(join(building, `${source}-`));
      try {
        const manifest = await build(source, {
          ...common,
          folder: attempt,
          env: toolEnvironment(attempt, env),
        });
        moveInto(attempt, folder);
        return { folder, manifest, fresh: true, failures };
      } catch (error) {
        if (!(error instanceof LackingError)) throw error;
        failures.push(error.message);
        rmSync(attempt, { recursive: true, force: true });
      }
    }
    throw new LackingError(`The TensorFlow backend could not be installed. ${failures.join(' ')}`);
  });
}

async function build(source: Source, building: Building): Promise<TensorflowManifest> {
  const { folder, report, signal, env, cuda } = building;
  await installPackage(building);
  let wheel: string | null = null;
  if (source === 'wheel') {
    wheel = await fetchLibrary(building);
    await compileBinding(building);
  } else {
    await downloadOwn(building);
  }
  for (const left of ['pip', 'wheels']) rmSync(join(folder, left), { recursive: true, force: true });
  report.say('verify', 'Computing a product and its gradients with it');
  const manifest = (probed: Probed): TensorflowManifest => ({
    format: 1,
    package: building.package,
    packageVersion,
    source,
    library: probed.library,
    wheel,
    cuda,
    severalThreads: source === 'wheel',
    platform: `${process.platform} ${process.arch}`,
    verified: {
      host: hostname(),
      gpu: probed.gpu,
      device: probed.device,
      instructions: probed.instructions,
    },
    node: process.versions.node,
    installedAt: new Date().toISOString(),
    seconds: Math.round(report.seconds * 10) / 10,
  });
  const write = (probed: Probed) => {
    const written = manifest(probed);
    writeFileSync(join(folder, manifestFile), `${JSON.stringify(written, null, 2)}\n`);
    return written;
  };
  // The loader wants to know what it loads; in the folder people use, only the second of these is ever seen.
  write({ gpu: false, device: 'not known yet', library: 'not known yet', instructions: null });
  return write(
    await probeTensorflow(folder, { threads: availableParallelism(), env, ...(signal && { signal }) }),
  );
}

/** The installation that is there, where it is what is wanted and computes. */
async function stillGood(
  folder: string,
  { cuda = false, from, env = process.env, signal }: InstallOptions,
): Promise<TensorflowManifest | undefined> {
  try {
    const manifest = readManifest(folder);
    if (!manifest || manifest.cuda !== cuda || manifest.packageVersion !== packageVersion) return undefined;
    if (from !== undefined && manifest.source !== from) return undefined;
    await probeTensorflow(folder, { threads: availableParallelism(), env, ...(signal && { signal }) });
    return manifest;
  } catch (error) {
    if (error instanceof LackingError) return undefined;
    throw error;
  }
}

function refuseIdleGpu(cuda: boolean, env: NodeJS.ProcessEnv): void {
  if (cuda || askedDevice(env) === 'cpu') return;
  const gpus = listGpus(env);
  if (gpus.length === 0) return;
  throw new LackingError(
    `This machine has a GPU (${gpus.map(({ name }) => name).join(', ')}), which TensorFlow without CUDA would leave idle. Add --cuda; or set LITMATTER_TENSORFLOW_DEVICE=cpu to compute on the CPU all the same.`,
  );
}

async function checkMachine(folder: string, cuda: boolean, env: NodeJS.ProcessEnv): Promise<void> {
  if (cuda && (process.platform === 'darwin' || process.arch === 'ia32')) {
    throw new LackingError(`There is no CUDA for ${process.platform} ${process.arch}: leave out --cuda.`);
  }
  const missing = [...(await missingNpm(env)), ...missingDisk(folder, cuda)];
  if (missing.length > 0) {
    throw new LackingError(`The TensorFlow backend cannot be installed: ${missingWords(missing)}.`);
  }
}

/**
 * The sources in the order they are tried. The wheel comes first where this machine can build against it: its
 * TensorFlow is of today where the npm package's is of 2022 (with CUDA 11.2, which drivers and clusters have left
 * behind), and the binding built here may be loaded by several threads of a process.
 *
 * @throws LackingError where the wheel is all there is and what it needs is missing
 */
export async function sourcesToTry(
  from: Source | undefined,
  env: NodeJS.ProcessEnv,
  platform = process.platform,
  arch = process.arch,
): Promise<Source[]> {
  const wheelPossible = platform !== 'win32';
  const packagePossible = arch === 'x64';
  const wanted = (['wheel', 'package'] as const).filter(
    (source) =>
      (from === undefined || from === source) && (source === 'wheel' ? wheelPossible : packagePossible),
  );
  if (wanted.length === 0) {
    throw new LackingError(
      `TensorFlow for Node is not to be had ${from === undefined ? '' : `from the ${from} `}for ${platform} ${arch}: use the wasm backend, which needs no installation.`,
    );
  }
  if (!wanted.includes('wheel')) return wanted;
  const missing = await missingForWheel(env);
  if (missing.length === 0) return wanted;
  if (wanted.length > 1) return ['package'];
  throw new LackingError(`TensorFlow's wheel cannot be used: ${missingWords(missing)}.`);
}
