import { prepareTensorflow } from '@litmatter/models/tensorflow';
import { nameTensorflowFolder } from '../tensorflow/folder.ts';
import { nameWebgpuFolder } from '../webgpu/folder.ts';

/** Let this process, its threads and what it starts find the backends that are installed. */
export function nameBackendFolders(): void {
  nameTensorflowFolder();
  nameWebgpuFolder();
}

/**
 * What a process that starts ranks does before the first of them starts a backend: say where the installations are, and
 * how many threads a rank may compute with.
 */
export function readyBackends(ranksInProcess: number): void {
  nameBackendFolders();
  prepareTensorflow({ threadsPerRank: threadsOfRank(), ranksInProcess });
}

/**
 * One core a device, so that two ranks have twice what one has and times show scaling; under Slurm what each task was
 * given. TF_NUM_INTRAOP_THREADS, where a person has set it, goes before.
 */
export function threadsOfRank(env: NodeJS.ProcessEnv = process.env): number {
  const cores = Number(env.SLURM_CPUS_PER_TASK);
  return Number.isInteger(cores) && cores > 0 ? cores : 1;
}
