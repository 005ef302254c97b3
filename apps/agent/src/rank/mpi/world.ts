import { existsSync, readdirSync } from 'node:fs';
import { LackingError } from '@litmatter/protocol';
import type { MpiLibrary } from './library.ts';

/** A process's place among the ranks, as its starter says before MPI does. */
export interface World {
  readonly startedBy: 'mpirun' | 'srun';
  readonly rank: number;
  readonly size: number;
  /** Among the ranks of this host. */
  readonly localRank: number;
}

const sources = [
  ['mpirun', 'OMPI_COMM_WORLD_RANK', 'OMPI_COMM_WORLD_SIZE', 'OMPI_COMM_WORLD_LOCAL_RANK'],
  // Slurm before PMI: srun sets both where it speaks pmi2. In an allocation Hydra's helpers are a step of Slurm's.
  ['srun', 'SLURM_PROCID', 'SLURM_NTASKS', 'SLURM_LOCALID'],
  ['mpirun', 'PMI_RANK', 'PMI_SIZE', 'MPI_LOCALRANKID'],
] as const;

/** Undefined where no launcher of ranks started this process. */
export function worldOf(env: NodeJS.ProcessEnv): World | undefined {
  for (const [startedBy, rankName, sizeName, localName] of sources) {
    // A batch script is task 0 of 1 by the same names: srun alone names a step.
    if (startedBy === 'srun' && (env.SLURM_STEP_ID === undefined || isOfHydra(env))) continue;
    const size = Number((startedBy === 'srun' && env.SLURM_STEP_NUM_TASKS) || env[sizeName]);
    const [rank, localRank] = [Number(env[rankName]), Number(env[localName] ?? 0)];
    if (!(Number.isInteger(size) && size > 0 && Number.isInteger(rank) && rank >= 0 && rank < size)) continue;
    return { startedBy, rank, size, localRank: Number.isInteger(localRank) ? localRank : 0 };
  }
  return undefined;
}

/**
 * Whether the mpirun of MPICH has started this process. When a rank ends badly it sends SIGUSR1 to the others, which
 * is no request to stop there, and SIGKILL thereafter.
 */
export function isOfHydra(env: NodeJS.ProcessEnv): boolean {
  return (
    env.OMPI_COMM_WORLD_SIZE === undefined && env.PMI_SIZE !== undefined && env.MPI_LOCALRANKID !== undefined
  );
}

/**
 * Whether the mpirun of Open MPI 5 (PRRTE) has started this process. When a rank ends badly it sends SIGTERM to the
 * others, and SIGKILL a quarter of a second later (seen: 5.0.7).
 */
export function isOfPrrte(env: NodeJS.ProcessEnv): boolean {
  return env.OMPI_COMM_WORLD_SIZE !== undefined && env.PRTE_LAUNCHED !== undefined;
}

/**
 * A starter and a library that do not speak the same language give n worlds of one rank each, and no error: every rank
 * would train alone.
 *
 * @throws LackingError naming the two and what to pair instead
 */
export function checkWorld(
  world: World,
  seen: { readonly rank: number; readonly size: number },
  { family, version, file }: Pick<MpiLibrary, 'family' | 'version' | 'file'>,
  env: NodeJS.ProcessEnv = process.env,
): void {
  if (seen.size === world.size && seen.rank === world.rank) return;
  const how = env.SLURM_MPI_TYPE === undefined ? '' : ` --mpi=${env.SLURM_MPI_TYPE}`;
  const mend =
    world.startedBy === 'srun'
      ? `Open MPI needs "srun --mpi=pmix", MPICH "srun --mpi=pmi2": set site.slurm.mpi in litmatter.config.ts`
      : 'take mpirun and library from the same MPI: put its mpirun first on the PATH, or name the library in LITMATTER_MPI_LIBRARY';
  throw new LackingError(
    `${world.startedBy}${world.startedBy === 'srun' ? how : ''} started ${world.size} ranks, but ${family} (${version}, ${file}) sees ` +
      `rank ${seen.rank} of ${seen.size}: they do not belong together. ${mend}.`,
  );
}

/**
 * The GPU of a rank where several share a host: its local rank's among those visible. Slurm's --gpus-per-task=1 has
 * chosen already. Undefined where there is nothing to choose.
 *
 * @returns what CUDA_VISIBLE_DEVICES must be, and whether ranks of this host share a GPU by it
 */
export function gpuOf(
  { localRank }: World,
  env: NodeJS.ProcessEnv = process.env,
  nodes: readonly string[] = gpuNodes(),
): { readonly visible: string; readonly shared: boolean } | undefined {
  const visible = listedGpus(env) ?? nodes;
  if (visible.length === 0 || hasOwnGpu(env)) return undefined;
  return { visible: visible[localRank % visible.length]!, shared: localRank >= visible.length };
}

/** Whether Slurm has given this task a GPU of its own. */
export function hasOwnGpu(env: NodeJS.ProcessEnv = process.env): boolean {
  return Boolean(env.SLURM_STEP_ID) && listedGpus(env)?.length === 1;
}

function listedGpus({ CUDA_VISIBLE_DEVICES: listed }: NodeJS.ProcessEnv): string[] | undefined {
  return listed?.split(',').filter((word) => word.trim() !== '');
}

/** NVIDIA's GPUs by their device files: "0", "1". */
function gpuNodes(): string[] {
  if (!existsSync('/dev/nvidiactl')) return [];
  return readdirSync('/dev')
    .flatMap((name) => /^nvidia(\d+)$/.exec(name)?.[1] ?? [])
    .sort((a, b) => Number(a) - Number(b));
}
