import type { LauncherCard, LauncherName } from '@litmatter/protocol';
import type { RankJob } from '../job.ts';

export interface LaunchEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last lines the rank program wrote to stderr: shown when it died without saying why. */
  readonly tail: string;
}

export interface Launched {
  /** What finds it again: a process id, a Slurm job id. */
  readonly reference: string;
  readonly ended: Promise<LaunchEnd>;
  /** Ask it to save and stop; force it after `graceSeconds`. */
  cancel(graceSeconds?: number): Promise<void>;
}

/** How ranks start. One file a launcher. */
export interface Launcher {
  readonly name: LauncherName;
  /** What it can do on this machine, or what is missing and the command that mends it. */
  probe(): Promise<LauncherCard>;
  launch(job: RankJob): Promise<Launched>;
}
