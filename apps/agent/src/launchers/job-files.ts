import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tail } from '../files.ts';
import type { RankJob } from '../job.ts';

/** What every launcher leaves in an attempt's folder, and reads of it. */

const tailBytes = 4_096;

export function jobFileOf(job: RankJob): string {
  return join(job.folder, 'job.json');
}

/** The job file, whole or not at all: a rank never reads half of one. */
export function writeJob(job: RankJob): string {
  mkdirSync(job.folder, { recursive: true });
  const path = jobFileOf(job);
  writeFileSync(`${path}.tmp`, `${JSON.stringify(job, null, 1)}\n`, { mode: 0o600 });
  renameSync(`${path}.tmp`, path);
  return path;
}

/** What the attempt's processes wrote last. */
export function lastLines(job: RankJob, bytes = tailBytes): string {
  return tail(job.folder, 'rank.log', bytes).text.trim();
}

/** The kernel's boot id: processes with the same are on one machine, whatever it is called there; empty where unknown. */
export function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}

/** The job for ranks that may be on another machine: it says which one the hub's loopback address is of. */
export function withHubMachine(job: RankJob): RankJob {
  return job.hub === null ? job : { ...job, hub: { ...job.hub, machine: bootId() } };
}

/**
 * The environment for a starter of ranks: that of this process without what would make it think that it is a rank or
 * a step itself, where the hub runs inside of an allocation.
 */
export function starterEnv(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const foreign = /^(?:SLURM_(?!CONF$)|PMI_|PMIX_|OMPI_COMM_|PRTE_|HYDI?_)/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !foreign.test(name)));
}
