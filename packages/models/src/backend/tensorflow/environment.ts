import { isMainThread } from 'node:worker_threads';
import { LackingError } from '@litmatter/protocol';

/** How a process shares its machine with TensorFlow. */
export interface TensorflowShare {
  /** Threads that one rank may compute with. */
  readonly threadsPerRank: number;
  /** Ranks that are threads of this one process. */
  readonly ranksInProcess?: number;
}

/** The variable by which a person asks for the CPU on a machine that has a GPU. */
export const deviceVariable = 'LITMATTER_TENSORFLOW_DEVICE';

/** Says in each thread's copy of the environment how many ranks the process has. */
export const ranksVariable = 'LITMATTER_RANKS_IN_PROCESS';

/** What the person asked to compute on: `auto` takes the GPU where there is one. */
export function askedDevice(env: NodeJS.ProcessEnv = process.env): 'auto' | 'cpu' {
  const asked = env[deviceVariable] ?? '';
  if (asked === '' || asked === 'auto' || asked === 'gpu') return 'auto';
  if (asked === 'cpu') return 'cpu';
  throw new LackingError(`${deviceVariable} is "${asked}": it can be auto, gpu or cpu.`);
}

/**
 * The variables TensorFlow reads once, when a process first loads it.
 *
 * TensorFlow has one pool of threads a process, whichever of its threads calls. A pool of one is not used at all:
 * every operation runs in the thread that called it. A larger one does the work while the caller waits, so k ranks of
 * t > 1 threads in one process want k t.
 */
export function tensorflowEnvironment(
  { threadsPerRank, ranksInProcess = 1 }: TensorflowShare,
  env: NodeJS.ProcessEnv = process.env,
): Record<string, string> {
  const pool = threadsPerRank > 1 ? ranksInProcess * threadsPerRank : 1;
  return {
    TF_NUM_INTRAOP_THREADS: String(pool),
    // Operations are called one after the other: a second pool would only wait.
    TF_NUM_INTEROP_THREADS: '1',
    // Warnings and errors: that a GPU's libraries are missing is one of them.
    TF_CPP_MIN_LOG_LEVEL: '1',
    // Several ranks may share a GPU: none takes all of its memory at once.
    TF_FORCE_GPU_ALLOW_GROWTH: 'true',
    // Products in float32, as PyTorch has them unless told otherwise; TensorFloat-32 keeps three digits.
    NVIDIA_TF32_OVERRIDE: '0',
    [ranksVariable]: String(ranksInProcess),
    ...(askedDevice(env) === 'cpu' && { CUDA_VISIBLE_DEVICES: '-1' }),
  };
}

/**
 * Set those variables in this process, but for those the person has set. To be called in the main thread before any
 * thread loads TensorFlow: a worker thread's `process.env` is a copy that the library does not see.
 */
export function prepareTensorflow(share: TensorflowShare): void {
  if (!isMainThread) throw new Error('prepareTensorflow must be called in the main thread');
  for (const [name, value] of Object.entries(tensorflowEnvironment(share))) {
    if (name === 'CUDA_VISIBLE_DEVICES' || name === ranksVariable) process.env[name] = value;
    else process.env[name] ??= value;
  }
}
