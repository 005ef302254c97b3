import { z } from 'zod';
import { backendCard, catalogue, launcherCard } from './catalogue.ts';
import { id } from './ids.ts';
import { launcherName } from './spec.ts';

/**
 * What the machine and the cluster behind it have: what computes, what starts ranks, and where a batch system is, its
 * partitions, nodes and queue. Null is "not told": a batch system's answers differ by version, and nothing is guessed.
 */

/** One thing the doctor looked at. `mend` is the command or step that brings what is missing. */
export const finding = z.object({
  name: z.string(),
  /** `missing` stops something a person may want; `note` is worth knowing. */
  status: z.enum(['ok', 'missing', 'note']),
  detail: z.string(),
  mend: z.string().nullable(),
});

/** The MPI library that ranks would load here. */
export const mpiCard = z.union([
  z.object({ family: z.enum(['Open MPI', 'MPICH']), version: z.string(), file: z.string() }),
  z.object({ lacking: z.string() }),
]);

/** What `litmatter doctor --json` prints. */
export const examination = z.object({
  host: catalogue.shape.host,
  backends: z.array(backendCard),
  launchers: z.array(launcherCard),
  mpi: mpiCard,
  findings: z.array(finding),
});

const count = z.number().nonnegative().nullable();
/** Milliseconds since 1970. */
const moment = z.number().nonnegative().nullable();
const share = z.object({ total: count, used: count });

/**
 * What can be had of a node: `idle` all of it, `mixed` some of it, `full` nothing now; `draining` still works and takes
 * nothing new, `drained` is empty and takes nothing, `off` is asleep and woken when needed.
 */
export const nodeCondition = z.enum([
  'idle',
  'mixed',
  'full',
  'draining',
  'drained',
  'reserved',
  'off',
  'down',
  'unknown',
]);

export const clusterNode = z.object({
  name: z.string(),
  condition: nodeCondition,
  /** In the batch system's own words: "idle+drain". */
  state: z.string(),
  partitions: z.array(z.string()),
  cpus: share,
  memoryBytes: share,
  /** By type; `type` is null where the site does not name it. Empty where there is none. */
  gpus: z.array(z.object({ type: z.string().nullable(), total: z.number().nonnegative(), used: count })),
  /** Why it is drained or down, as somebody wrote it. */
  reason: z.object({ text: z.string(), by: z.string().nullable(), at: moment }).nullable(),
});

export const clusterPartition = z.object({
  name: z.string(),
  /** Where a job goes that names none. */
  standard: z.boolean().nullable(),
  /** "up", "down", "drain", "inact". */
  state: z.string().nullable(),
  /** Longest time a job may ask for, seconds; null where there is no limit or it is not told. */
  timeLimitSeconds: count,
  /** Jobs that wait for it, those counted in that wait for another too. */
  waiting: z.number().nonnegative(),
});

/** A run of this hub with the name of its experiment, to lead there. */
export const namedRun = z.object({
  id,
  experiment: id,
  name: z.string(),
  index: z.number().int().nonnegative(),
});

export const queuedJob = z.object({
  /** As its launcher refers to it. */
  id: z.string(),
  name: z.string(),
  user: z.string().nullable(),
  mine: z.boolean(),
  partition: z.string().nullable(),
  state: z.enum(['pending', 'starting', 'running', 'suspended', 'ending', 'unknown']),
  /** Why it waits, in words. */
  reason: z.string().nullable(),
  /** When it began, or is expected to. */
  startsAt: moment,
  submittedAt: moment,
  timeLimitSeconds: count,
  nodeCount: count,
  /** "n[1-2]"; null while it has none. */
  nodes: z.string().nullable(),
  cpus: count,
  gpus: count,
  /** The runs of this hub that it carries out. */
  runs: z.array(namedRun),
});

/** So many jobs of others are listed: `counts` count all of them. */
export const mostJobsListed = 500;

/** A batch system, as one look at it showed it. */
export const batchSystem = z.object({
  launcher: launcherName,
  /** "slurm 22.05.8". */
  version: z.string(),
  /** Whose jobs are `mine`. */
  user: z.string(),
  /** When it was read: older than the rest where it does not answer any more. Null where it never did. */
  at: moment,
  /** Why it could not be read just now, as a sentence, and what mends it; null while it answers. */
  problem: z.object({ message: z.string(), mend: z.string().nullable() }).nullable(),
  partitions: z.array(clusterPartition),
  nodes: z.array(clusterNode),
  /** This person's first, then what runs, then what waits, oldest first. */
  jobs: z.array(queuedJob),
  counts: z.object({ running: z.number(), pending: z.number(), mine: z.number() }),
});

/** A run of this hub that has been launched and has not ended. */
export const activeRun = namedRun.extend({
  launcher: launcherName,
  devices: z.number().int().positive(),
  state: z.enum(['starting', 'running']),
});

export const cluster = examination.extend({
  /** When launchers, backends and findings were looked at, milliseconds since 1970. */
  at: z.number(),
  /** Null where this machine belongs to none. */
  batch: batchSystem.nullable(),
  active: z.array(activeRun),
});

export type Finding = z.infer<typeof finding>;
export type MpiCard = z.infer<typeof mpiCard>;
export type Examination = z.infer<typeof examination>;
export type NodeCondition = z.infer<typeof nodeCondition>;
export type ClusterNode = z.infer<typeof clusterNode>;
export type ClusterPartition = z.infer<typeof clusterPartition>;
export type NamedRun = z.infer<typeof namedRun>;
export type QueuedJob = z.infer<typeof queuedJob>;
export type BatchSystem = z.infer<typeof batchSystem>;
export type ActiveRun = z.infer<typeof activeRun>;
export type Cluster = z.infer<typeof cluster>;
