import { setTimeout as sleep } from 'node:timers/promises';
import { InputError, type LauncherCard, type SlurmSite } from '@litmatter/protocol';
import type { Launcher } from '../launcher.ts';
import { findMpi } from '../mpi-probe.ts';
import { allocationOf, allocationScript } from './allocation.ts';
import { slurmAllocations } from './allocations.ts';
import { asking, mend, NoAnswerError } from './commands.ts';
import { describing } from './describe.ts';
import { decodeQueue, endStateOf, type SlurmJob } from './queue.ts';
import { standaloneScript } from './standalone.ts';

export interface SlurmLauncherOptions {
  readonly site: SlurmSite;
  /** No command of Slurm's is waited for longer. */
  readonly answerSeconds?: number;
  /** Pause between two looks at the queue; all attempts share one. */
  readonly pollSeconds?: number;
  /** How long a submission without an answer is looked for by its name. */
  readonly searchSeconds?: number;
}

/** Somebody looks at a page meanwhile. */
const lookSeconds = 10;

/** Runs as Slurm jobs: sbatch hands one in, srun starts a rank a device, and the queue says what became of it. */
export function slurmLauncher(options: SlurmLauncherOptions): Launcher {
  const { site, answerSeconds = 20, pollSeconds = 2, searchSeconds = 600 } = options;
  const ask = asking(answerSeconds);
  const queue = sharedQueue(() => readQueue(ask), 500 * pollSeconds);

  async function find(name: string): Promise<SlurmJob | undefined> {
    const found = (await readQueue(ask)).filter((job) => job.name === name);
    return found.find((one) => endStateOf(one) === undefined) ?? found[0];
  }

  /** A submission without an answer may have been carried out: it is looked for until the queue can be read. */
  async function findAnyhow(name: string): Promise<SlurmJob | undefined> {
    for (const deadline = Date.now() + 1e3 * searchSeconds; ; await sleep(1e3 * pollSeconds)) {
      try {
        return await find(name);
      } catch (error) {
        if (Date.now() > deadline) throw error;
      }
    }
  }

  async function submit(name: string, script: string): Promise<number> {
    try {
      const said = await ask('sbatch', ['--parsable', script]);
      const id = Number.parseInt(said, 10);
      if (Number.isInteger(id)) return id;
      throw new Error(`sbatch answered ${JSON.stringify(said.trim())}, which is no job number.`);
    } catch (error) {
      if (!(error instanceof NoAnswerError)) throw error;
      // Not there by name: it was not carried out, so there is nothing to be doubled.
      const found = await findAnyhow(name);
      if (found === undefined) throw error;
      return found.id;
    }
  }

  const allocations = slurmAllocations({
    site,
    ask,
    queue,
    readQueue: () => readQueue(ask),
    submit,
    pollSeconds,
  });

  return {
    name: 'slurm',
    // How much goes on at once is counted in devices.
    limit: Number.POSITIVE_INFINITY,
    deviceLimit: site.devicesInFlight,
    preview: (job) => allocationScript(allocationOf(job), job.spec.launcher, { site }),
    standalone: (spec, place) => standaloneScript(spec, { ...place, site }),
    launch: allocations.launch,
    adopt: allocations.adopt,
    check: ({ launcher }) => checkPartition(ask, launcher.partition),
    probe: () => probe(asking(Math.min(answerSeconds, lookSeconds)), site),
    describe: describing(asking(Math.min(answerSeconds, lookSeconds))),
  };
}

async function readQueue(ask: ReturnType<typeof asking>): Promise<SlurmJob[]> {
  // Slurm 22 tells of all jobs whatever is asked for; later ones of this user's, ended ones included.
  const text = await ask('squeue', ['--me', '--states=all', '--json']);
  try {
    return decodeQueue(text);
  } catch (error) {
    throw new NoAnswerError(`squeue had no answer that can be read: ${(error as Error).message}`);
  }
}

/** Attempts that look at the same time look once. */
function sharedQueue(read: () => Promise<SlurmJob[]>, milliseconds: number): () => Promise<SlurmJob[]> {
  let held: { readonly at: number; readonly jobs: Promise<SlurmJob[]> } | undefined;
  return () => {
    if (held === undefined || performance.now() - held.at > milliseconds) {
      held = { at: performance.now(), jobs: read() };
    }
    return held.jobs;
  };
}

/** @throws InputError where the cluster has no such partition; of one that does not answer nothing is known */
async function checkPartition(ask: ReturnType<typeof asking>, wanted: string | undefined): Promise<void> {
  if (wanted === undefined) return;
  const said = await ask('sinfo', ['--noheader', '--all', '--format=%R']).catch(() => '');
  const there = [...new Set(said.split('\n').map((line) => line.trim()))].filter((name) => name !== '');
  const unknown = wanted.split(',').find((name) => !there.includes(name));
  if (unknown === undefined || there.length === 0) return;
  throw new InputError(`This cluster has no partition "${unknown}": choose one of ${there.join(', ')}.`, {
    'launcher.partition': `“${unknown}” is not one of this cluster’s: choose ${there.join(', ')}`,
  });
}

/** What the site has set, as texts, by the key in a spec's `launcher`. */
function siteTexts({ partition, account, qos, timeLimit, gpus }: SlurmSite): Record<string, string> {
  const set = { partition, account, qos, timeLimit, gpus: String(gpus) };
  return Object.fromEntries(
    Object.entries(set).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

async function probe(ask: ReturnType<typeof asking>, site: SlurmSite): Promise<LauncherCard> {
  const lacking = (detail: string, how: string): LauncherCard => ({
    ...{ name: 'slurm', available: false, detail, mend: how, devices: null },
  });
  let version: string;
  let cpus: string;
  try {
    version = (await ask('sbatch', ['--version'])).trim();
  } catch {
    return lacking('There is no Slurm here.', mend);
  }
  try {
    const partition = site.partition === undefined ? [] : [`--partition=${site.partition}`];
    cpus = await ask('sinfo', ['--noheader', '--format=%D %t', ...partition]);
  } catch (error) {
    return lacking(`${version}, but it does not answer: ${(error as Error).message}`, 'scontrol ping');
  }
  const mpi = await findMpi();
  if ('lacking' in mpi) return lacking(`${version}, but there is no MPI library.`, mpi.lacking);
  const nodes = cpus.split('\n').reduce((sum, line) => sum + (Number.parseInt(line, 10) || 0), 0);
  return {
    name: 'slurm',
    available: true,
    detail: `${version}, ${nodes} ${nodes === 1 ? 'node' : 'nodes'}, ranks joined by ${mpi.version} (srun --mpi=${site.mpi}).`,
    mend: null,
    devices: null,
    site: siteTexts(site),
  };
}
