import type { BatchSystem, ExperimentSpec, LauncherCard, LauncherName, QueuedJob } from '@litmatter/protocol';
import type { RankJob } from '../job.ts';

/**
 * What an end that the run did not choose comes of. `passing`: another attempt may well not meet it (a killed rank, a
 * failed node, preemption, a time limit). `lasting`: it would. `cancelled`: a person ended it by the launcher's own means.
 */
export type Fault = 'passing' | 'lasting' | 'cancelled';

export interface LaunchEnd {
  /** Both null where the process was another hub's child: only that it is gone is known. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last lines the rank program wrote to stderr: shown when it died without saying why. */
  readonly tail: string;
  /** Why it ended, as a sentence, where the launcher or its log knows: "rank 2 on n3 was killed (signal 9)." */
  readonly cause?: string;
  /** Where the launcher or its log knows; else the code and the signal tell. */
  readonly fault?: Fault;
}

export interface Launched {
  /** What finds it again: a process id, a Slurm job id. */
  readonly reference: string;
  readonly ended: Promise<LaunchEnd>;
  /** Calls back with another reference where the attempt comes to be carried out elsewhere than first thought. */
  onMoved?(listener: (reference: string) => void): void;
  /** Ask it to save and stop; force it after `graceSeconds`. */
  cancel(graceSeconds?: number): Promise<void>;
}

/** One look at a batch system. Its jobs go by the references that attempts launched there have. */
export interface BatchReading extends Omit<BatchSystem, 'launcher' | 'nodes' | 'jobs' | 'counts'> {
  readonly nodes: readonly BatchSystem['nodes'][number][];
  readonly jobs: readonly Omit<QueuedJob, 'runs'>[];
}

/** Where data sets and a config file lie, for what is carried out elsewhere. */
export interface Place {
  readonly dataFolder: string;
  readonly config: string | null;
}

/** How ranks start. One file a launcher. */
export interface Launcher {
  readonly name: LauncherName;
  /** Attempts that may be under way at once; others wait in the queue. */
  readonly limit: number;
  /** Devices of its attempts under way at once, where that is limited too. One attempt alone may have more. */
  readonly deviceLimit?: number;
  /** What it can do on this machine, or what is missing and the command that mends it. */
  probe(): Promise<LauncherCard>;
  /** Start an attempt's ranks. Idempotent by (run, attempt): where they run already, they are found, not started again. */
  launch(job: RankJob): Promise<Launched>;
  /**
   * Find an attempt that an earlier hub launched; undefined where nothing of it runs any more and nothing tells how it
   * ended. Where that is known, `ended` of what it gives is over already. @throws Error where it cannot tell now
   */
  adopt(job: RankJob, reference: string | null): Promise<Launched | undefined>;
  /** What would be handed to a batch system for a job, to read before anything is sent. */
  preview?(job: RankJob): string;
  /** A script for a person to hand in without a hub: it carries out a whole spec and leaves its result in a folder. */
  standalone?(spec: ExperimentSpec, place: Place): string;
  /** What of a spec's `launcher` can be known to be wrong before anything starts. @throws InputError with the field to mark */
  check?(spec: ExperimentSpec): Promise<void>;
  /**
   * What the batch system behind it has and does, for people to look at; undefined where there is none here. Never
   * rejects: a system that does not answer in time is told by its `problem`.
   */
  describe?(): Promise<BatchReading | undefined>;
}
