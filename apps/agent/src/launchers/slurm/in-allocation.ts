import { createHash } from 'node:crypto';
import { InputError, LackingError, type LauncherCard, type SlurmSite } from '@litmatter/protocol';
import { rankProgram } from '../../folders.ts';
import type { RankJob } from '../../job.ts';
import { causeInLog } from '../cause.ts';
import { adoptDetached, type Detached, startDetached } from '../detached.ts';
import { jobFileOf, withHubMachine, writeJob } from '../job-files.ts';
import type { Launcher } from '../launcher.ts';
import { findMpi } from '../mpi-probe.ts';
import { nodeToAvoid, srunWords } from './script.ts';

export interface InAllocationOptions {
  readonly site: SlurmSite;
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Ranks as steps of the Slurm allocation that this process is in: in a script that sbatch has started, or a shell of
 * salloc's. Runs take turns. It goes by the name `slurm`, in place of the launcher that hands jobs in.
 *
 * @throws LackingError outside of an allocation
 */
export function inAllocationLauncher({ site, env = process.env }: InAllocationOptions): Launcher {
  const id = env.SLURM_JOB_ID;
  if (id === undefined) {
    throw new LackingError(
      'This is no Slurm allocation: call "litmatter run --in-allocation" from a script that sbatch starts, or a shell of salloc.',
    );
  }
  const tasks = Number(env.SLURM_NTASKS) || undefined;
  /** Nodes that attempts have lost: later steps stay away from them. */
  const lost = new Set<string>();

  const asProcess = (job: RankJob): Detached => ({
    job,
    marker: `--job-name=${stepName(job)}`,
    // srun passes it on to every rank.
    ask: 'SIGUSR2',
    force: 'SIGTERM',
    causeOf: causeInLog,
  });

  return {
    name: 'slurm',
    limit: 1,
    async launch(job) {
      const { devices } = job.spec;
      writeJob(withHubMachine(job));
      const node = nodeToAvoid(job);
      if (node !== undefined) lost.add(node);
      const without = lost.size === 0 ? [] : ['--overlap', `--exclude=${[...lost].join(',')}`];
      const detached = asProcess(job);
      const rank = [process.execPath, rankProgram, '--job', jobFileOf(job)];
      const words = [...srunWords(site), ...without, `--ntasks=${devices}`, detached.marker, ...rank];
      return startDetached(detached, { program: 'srun', words, env: stepEnv(env) });
    },
    adopt: async (job, reference) => adoptDetached(asProcess(job), reference),
    async check(spec) {
      const most = Math.max(...spec.devices);
      if (tasks === undefined || most <= tasks) return;
      const message = `The allocation ${id} is of ${tasks} tasks, and a run of this spec of ${most}: ask for a larger one, or say --devices.`;
      throw new InputError(message, { devices: message });
    },
    async probe(): Promise<LauncherCard> {
      const mpi = await findMpi();
      if ('lacking' in mpi) {
        const detail = `Slurm allocation ${id}, but there is no MPI library.`;
        return { name: 'slurm', available: false, detail, mend: mpi.lacking, devices: null };
      }
      return {
        name: 'slurm',
        available: true,
        detail: `Steps of the Slurm allocation ${id}, ranks joined by ${mpi.version}; runs take turns.`,
        mend: null,
        devices: tasks ?? null,
      };
    },
  };
}

/** No other step's: the folder, which may hold anything, is in it as a digest. */
function stepName({ run, attempt, folder }: RankJob): string {
  return `litmatter.${run}.${attempt}.${createHash('sha256').update(folder).digest('hex').slice(0, 8)}`;
}

/** Without what a step has of its own, where this process is one itself (srun --pty bash): its steps overlap with it. */
function stepEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const inStep = env.SLURM_STEP_ID !== undefined;
  const own = /^(?:SLURM_(?:STEP_|STEPID|PROCID|LOCALID|TASK_PID|GTIDS|MPI_TYPE)|PMIX_|PMI_|OMPI_COMM_)/;
  const kept = Object.entries(env).filter(([name]) => !own.test(name));
  return { ...Object.fromEntries(kept), ...(inStep && { SLURM_OVERLAP: '1' }) };
}
