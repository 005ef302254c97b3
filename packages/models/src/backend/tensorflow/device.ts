import { availableParallelism, hostname } from 'node:os';
import { LackingError } from '@litmatter/protocol';
import { deviceVariable } from './environment.ts';
import { installCommand, type TensorflowManifest } from './manifest.ts';
import { type Gpu, visibleGpus } from './nvidia.ts';

/** Where TensorFlow truly computes. */
export interface TensorflowDevice {
  readonly gpu: boolean;
  /** "CPU, 2 threads, oneDNN with Intel AVX-512", "Tesla V100-SXM2-32GB". */
  readonly device: string;
}

interface Found {
  readonly gpu: boolean;
  readonly gpus: readonly Gpu[];
  readonly manifest: Pick<TensorflowManifest, 'cuda' | 'source' | 'verified'>;
}

/** The device in words. The binding computes on the last GPU it sees. */
export function deviceWords({ gpu, gpus, manifest }: Found, env: NodeJS.ProcessEnv = process.env): string {
  if (gpu) return visibleGpus(gpus, env).at(-1)?.name ?? 'GPU';
  const { host, instructions } = manifest.verified;
  return cpuWords(threadsOf(env), host === hostname() ? instructions : null);
}

export function cpuWords(threads: number, instructions: string | null): string {
  const count = threads === 1 ? '1 thread' : `${threads} threads`;
  return `CPU, ${count}${instructions === null ? '' : `, oneDNN with ${instructions}`}`;
}

/** What an installation is, before it is loaded: "TensorFlow 2.21.0, seen computing on: CPU, 2 threads ...". */
export function tensorflowWords({ library, cuda, verified }: TensorflowManifest): string {
  return `TensorFlow ${library}${cuda ? ' with CUDA' : ''}, seen computing on: ${verified.device}.`;
}

/** Threads of the library's pool in a process of this environment. */
export function threadsOf(env: NodeJS.ProcessEnv = process.env): number {
  const threads = Number(env.TF_NUM_INTRAOP_THREADS);
  return Number.isInteger(threads) && threads > 0 ? threads : availableParallelism();
}

/**
 * Refuse to compute on the CPU of a machine that has a GPU, unless the CPU was asked for; and to leave GPUs idle.
 *
 * @throws LackingError with the likely cause and the command that mends it
 */
export function checkDevice(
  found: Found & { readonly asked: 'auto' | 'cpu'; readonly ranksInProcess: number },
  env: NodeJS.ProcessEnv = process.env,
): void {
  const { gpu, gpus, asked, ranksInProcess } = found;
  if (asked === 'cpu' || gpus.length === 0) return;
  if (gpu) {
    if (ranksInProcess === 1 || visibleGpus(gpus, env).length < 2) return;
    throw new LackingError(
      `TensorFlow for Node computes on one GPU a process: ${ranksInProcess} ranks as threads would share one and leave the others idle. Start each rank as a process: launcher "mpirun" or "slurm".`,
    );
  }
  const names = gpus.map(({ name }) => name).join(', ');
  throw new LackingError(
    `This machine has a GPU (${names}), but TensorFlow computes on the CPU: ${causeOf(found, env)} To compute on the CPU all the same, set ${deviceVariable}=cpu.`,
  );
}

/**
 * What to tell where `auto` computes without TensorFlow beside a GPU; undefined where there is none, or the CPU was
 * asked for.
 */
export function idleGpuWords(
  gpus: readonly Gpu[],
  asked: 'auto' | 'cpu',
  env: NodeJS.ProcessEnv = process.env,
): string | undefined {
  const visible = visibleGpus(gpus, env);
  if (asked === 'cpu' || visible.length === 0) return undefined;
  const names = visible.map(({ name }) => name).join(', ');
  return (
    `This machine has a GPU (${names}) that stands idle: TensorFlow is not installed, and the backend "auto" computes ` +
    `with WebAssembly on the CPU. Install it: ${installCommand} --cuda`
  );
}

function causeOf({ manifest, gpus }: Found, env: NodeJS.ProcessEnv): string {
  if (!manifest.cuda) return `it was installed without CUDA. Install it with: ${installCommand} --cuda.`;
  const named = env.CUDA_VISIBLE_DEVICES;
  if (named !== undefined && visibleGpus(gpus, env).length === 0) {
    return `CUDA_VISIBLE_DEVICES is "${named}", which shows this process none. Under Slurm ask for one a task: --gpus-per-task=1.`;
  }
  const driver = gpus[0]?.driver;
  const libraries =
    manifest.source === 'package'
      ? 'it needs CUDA 11.2 and cuDNN 8.1'
      : 'its CUDA libraries could not be used';
  return `${libraries}${driver ? ` (driver ${driver})` : ''}. "litmatter backend list" tells what TensorFlow says of it; to install it again: ${installCommand} --cuda.`;
}
