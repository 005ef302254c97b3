import { availableParallelism } from 'node:os';
import { rankProgram } from '../folders.ts';
import type { RankJob } from '../job.ts';
import { adoptDetached, type Detached, startDetached } from './detached.ts';
import { jobFileOf, writeJob } from './job-files.ts';
import type { Launcher } from './launcher.ts';

export interface LocalLauncherOptions {
  /** The rank program; another one in tests. */
  readonly program?: string;
  /** Attempts under way at once: one, since runs would share the cores they are to measure. */
  readonly limit?: number;
}

const asProcess = (job: RankJob): Detached => ({
  job,
  marker: jobFileOf(job),
  // SIGTERM is for those who want the machine, not the run's end.
  ask: process.platform === 'win32' ? 'SIGTERM' : 'SIGUSR2',
});

/**
 * Ranks on this machine: one process an attempt, in a process group of its own, so that it outlives the hub. It writes
 * its spool and log into the attempt's folder; the next hub finds it by process id and start.
 */
export function localLauncher(options: LocalLauncherOptions = {}): Launcher {
  const { program = rankProgram, limit = 1 } = options;
  return {
    name: 'local',
    limit,
    launch: (job) => {
      const words = [program, '--job', writeJob(job)];
      return startDetached(asProcess(job), { program: process.execPath, words });
    },
    adopt: async (job, reference) => adoptDetached(asProcess(job), reference),
    probe: async () => ({
      name: 'local',
      available: true,
      detail: `This machine's ${availableParallelism()} cores, one a device; runs take turns.`,
      mend: null,
      devices: availableParallelism(),
    }),
  };
}
