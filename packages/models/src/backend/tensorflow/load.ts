import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire, registerHooks } from 'node:module';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import { LackingError } from '@litmatter/protocol';
import { findBackend, findBackendFactory, type KernelBackend, version_core } from '@tensorflow/tfjs-core';
import { firstLine } from '../installed.ts';
import { checkDevice, deviceWords, type TensorflowDevice } from './device.ts';
import { askedDevice, prepareTensorflow, ranksVariable } from './environment.ts';
import { installCommand, namedFolder, readManifest, type TensorflowManifest } from './manifest.ts';
import { listGpus } from './nvidia.ts';
import { restoreUtil } from './shims.ts';

export interface LoadOptions {
  /** The installation's folder; `$LITMATTER_TENSORFLOW` where none is given. */
  readonly folder?: string;
}

/** TensorFlow as it is loaded in this thread. */
export interface LoadedTensorflow extends TensorflowDevice {
  /** TensorFlow's own version, "2.21.0". */
  readonly library: string;
  readonly manifest: TensorflowManifest;
}

/** What `@tensorflow/tfjs-node` registers under "tensorflow". */
interface NodeBackend extends KernelBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: { readonly TF_Version: string };
}

/**
 * Load TensorFlow for Node and register it with the TensorFlow.js of this process as the backend "tensorflow". Works
 * in the main thread and in worker threads; each thread has tensors of its own, all share the library's one pool of
 * threads (see `prepareTensorflow`, which is to be called in the main thread before).
 *
 * @throws LackingError where it is not installed, cannot be loaded, or would compute on the CPU beside an idle GPU
 */
export function loadTensorflow(options: LoadOptions = {}): LoadedTensorflow {
  const folder = options.folder ?? namedFolder();
  const manifest = folder === undefined ? undefined : readManifest(folder);
  if (folder === undefined || manifest === undefined) {
    const where = folder === undefined ? 'here' : `in ${folder}`;
    throw new LackingError(`The TensorFlow backend is not installed ${where}. Install it: ${installCommand}`);
  }
  checkVersion(manifest);
  if (findBackendFactory('tensorflow') === null) {
    if (isMainThread) prepareTensorflow({ threadsPerRank: availableParallelism() });
    checkThreads(folder, manifest);
    restoreUtil();
    requirePackage(folder, manifest.package);
  }
  const backend = findBackend('tensorflow') as NodeBackend | null;
  if (backend === null) {
    throw new Error('TensorFlow registered itself with another copy of TensorFlow.js than this one');
  }
  const gpus = listGpus();
  const gpu = backend.isUsingGpuDevice;
  checkDevice({
    gpu,
    gpus,
    manifest,
    asked: askedDevice(),
    ranksInProcess: Number(process.env[ranksVariable] ?? 1),
  });
  return {
    gpu,
    device: deviceWords({ gpu, gpus, manifest }),
    library: backend.binding.TF_Version,
    manifest,
  };
}

function checkVersion({ packageVersion, platform }: TensorflowManifest): void {
  const here = `${process.platform} ${process.arch}`;
  if (platform !== here) {
    throw new LackingError(
      `The TensorFlow backend was installed for ${platform}, and this machine is ${here}. Install it here: ${installCommand}`,
    );
  }
  if (packageVersion !== version_core) {
    throw new LackingError(
      `The TensorFlow backend is that of TensorFlow.js ${packageVersion}, and this LitMatter uses ${version_core}. Install it again: ${installCommand}`,
    );
  }
}

/**
 * The binding of the npm package's own download shares a table of names between threads without a lock: there, one
 * thread of a process may load it. Those built here are changed so that each thread has its own table.
 */
function checkThreads(folder: string, manifest: TensorflowManifest): void {
  if (manifest.severalThreads) return;
  const maps = '/proc/self/maps';
  const loaded = existsSync(maps) && readFileSync(maps, 'utf8').includes(packagesIn(folder));
  if (!loaded) return;
  throw new LackingError(
    `This TensorFlow backend (the npm package's own download) can be loaded by one thread of a process only. Start each rank as a process (launcher "mpirun" or "slurm"), or build the binding here: ${installCommand} --from wheel`,
  );
}

/** Where the packages truly lie: Node and the system know files by that name, whatever links led to them. */
function packagesIn(folder: string): string {
  const path = join(folder, 'node_modules');
  return existsSync(path) ? realpathSync(path) : path;
}

/**
 * Require the package so that it uses this process's own TensorFlow.js. A second copy would share the engine all the
 * same (tfjs keeps it on globalThis), but would register every kernel of the cpu and webgl backends once more, with a
 * warning for each.
 */
function requirePackage(folder: string, name: string): void {
  const inside = pathToFileURL(packagesIn(folder)).href;
  const union = createRequire(import.meta.url).resolve('@tensorflow/tfjs');
  const ours = createRequire(union);
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      const shared = /^@tensorflow\/tfjs(?!-node)/.test(specifier) && context.parentURL?.startsWith(inside);
      if (!shared) return next(specifier, context);
      const path = specifier === '@tensorflow/tfjs' ? union : ours.resolve(specifier);
      return { url: pathToFileURL(path).href, format: 'commonjs', shortCircuit: true };
    },
  });
  try {
    createRequire(join(folder, 'package.json'))(name);
  } catch (error) {
    throw new LackingError(
      `The TensorFlow backend in ${folder} cannot be loaded: ${firstLine(error)}. Install it again: ${installCommand}`,
    );
  } finally {
    hooks.deregister();
  }
}
