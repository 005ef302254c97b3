import { spawnSync } from 'node:child_process';

export interface Gpu {
  /** nvidia-smi's index on this machine. */
  readonly index: number;
  readonly uuid: string;
  readonly name: string;
  readonly driver: string;
}

const query = ['--query-gpu=index,uuid,name,driver_version', '--format=csv,noheader'];
const answerMilliseconds = 10_000;

/** The NVIDIA GPUs of this machine, as nvidia-smi lists them; none where it is absent or fails. */
export function listGpus(env: NodeJS.ProcessEnv = process.env): Gpu[] {
  const { status, stdout } = spawnSync('nvidia-smi', query, {
    env,
    encoding: 'utf8',
    timeout: answerMilliseconds,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return status === 0 ? parseGpus(stdout) : [];
}

/** nvidia-smi's lines "0, GPU-5e0c..., Tesla V100-SXM2-32GB, 550.54.15". */
export function parseGpus(text: string): Gpu[] {
  return text.split('\n').flatMap((line) => {
    const [index, uuid, name, driver] = line.split(',').map((part) => part.trim());
    return /^\d+$/.test(index ?? '') && uuid && name
      ? [{ index: Number(index), uuid, name, driver: driver ?? '' }]
      : [];
  });
}

/**
 * The GPUs that CUDA shows this process, in CUDA's order: all, or those CUDA_VISIBLE_DEVICES names, up to the first
 * entry it does not know (CUDA C++ Programming Guide, "CUDA Environment Variables").
 */
export function visibleGpus(gpus: readonly Gpu[], env: NodeJS.ProcessEnv = process.env): Gpu[] {
  const named = env.CUDA_VISIBLE_DEVICES;
  if (named === undefined) return [...gpus];
  const visible: Gpu[] = [];
  for (const entry of named.split(',').map((part) => part.trim())) {
    const gpu = gpus.find(({ index, uuid }) =>
      /^\d+$/.test(entry) ? index === Number(entry) : entry !== '' && uuid.startsWith(entry),
    );
    if (gpu === undefined) break;
    visible.push(gpu);
  }
  return visible;
}

/**
 * The CUDA_VISIBLE_DEVICES of one of several processes on this machine, so that each has a GPU of its own: TensorFlow
 * for Node computes on one only, the last it sees. Undefined where nothing is to be changed: one process, no GPU, or
 * one visible already (as where Slurm gave each task its own).
 */
export function gpuOfProcess(
  localRank: number,
  localRanks: number,
  gpus: readonly Gpu[],
  env: NodeJS.ProcessEnv = process.env,
): string | undefined {
  const visible = visibleGpus(gpus, env);
  if (localRanks < 2 || visible.length < 2) return undefined;
  return visible[localRank % visible.length]!.uuid;
}
