import { execFileSync } from 'node:child_process';

export interface ListedGpu {
  readonly index: string;
  readonly uuid: string;
  /** Watts now; NaN where it does not tell. */
  readonly watts: number;
}

const answerMilliseconds = 5_000;

/** The GPUs that nvidia-smi sees; empty where there is none, or it does not answer in time. */
export function listGpus(): ListedGpu[] {
  let text: string;
  try {
    text = execFileSync(
      'nvidia-smi',
      ['--query-gpu=index,uuid,power.draw', '--format=csv,noheader,nounits'],
      {
        encoding: 'utf8',
        timeout: answerMilliseconds,
        killSignal: 'SIGKILL',
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
  } catch {
    return [];
  }
  return text.split('\n').flatMap((line) => {
    const [index, uuid, watts] = line.split(',').map((word) => word.trim());
    return index && uuid ? [{ index, uuid, watts: wattsOf(watts ?? '') }] : [];
  });
}

/** "61.38"; NaN for "[N/A]", "[Not Supported]" and whatever else is no number. */
export function wattsOf(text: string): number {
  return /^\d+(?:\.\d+)?$/.test(text.trim()) ? Number(text) : Number.NaN;
}

/**
 * The GPU that a rank computes on: the first of CUDA_VISIBLE_DEVICES, by its number or uuid; without that, the first.
 * Undefined where that is not listed, unless one alone is: where Slurm shows a task its own GPU only, numbers begin anew.
 */
export function gpuInUse(gpus: readonly ListedGpu[], visible: string | undefined): ListedGpu | undefined {
  const first = visible?.split(',')[0]?.trim();
  if (first === '' || first === '-1') return undefined;
  const found =
    first === undefined
      ? gpus[0]
      : gpus.find(({ index, uuid }) => index === first || uuid === first || uuid.startsWith(first));
  return found ?? (gpus.length === 1 ? gpus[0] : undefined);
}
