import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LauncherCard, SlurmSite } from '@litmatter/protocol';
import type { RankJob } from '../../job.ts';
import { writeWhole } from '../../rank/files.ts';
import { causeInLog } from '../cause.ts';
import { lastLines, withHubMachine, writeJob } from '../job-files.ts';
import type { LaunchEnd, Launched, Launcher } from '../launcher.ts';
import { findMpi } from '../mpi-probe.ts';
import { asking, mend, NoAnswerError } from './commands.ts';
import { describing } from './describe.ts';
import { decodeQueue, endedBySlurm, endStateOf, isPending, type SlurmJob } from './queue.ts';
import { jobName, sbatchScript } from './script.ts';

export interface SlurmLauncherOptions {
  readonly site: SlurmSite;
  /** No command of Slurm's is waited for longer. */
  readonly answerSeconds?: number;
  /** Pause between two looks at the queue; all attempts share one. */
  readonly pollSeconds?: number;
  /** How long a submission without an answer is looked for by its name. */
  readonly searchSeconds?: number;
}

const defaultGraceSeconds = 15;
/** Somebody looks at a page meanwhile. */
const lookSeconds = 10;
/** A job that has just been handed in, or has just ended, may be missing from one look at the queue. */
const missingLooks = 3;

/** Runs as Slurm jobs: sbatch hands one in, srun starts a rank a device, and the queue says what became of it. */
export function slurmLauncher(options: SlurmLauncherOptions): Launcher {
  const { site, answerSeconds = 20, pollSeconds = 2, searchSeconds = 600 } = options;
  const ask = asking(answerSeconds);
  const queue = sharedQueue(() => readQueue(ask), 500 * pollSeconds);

  async function find(job: RankJob): Promise<SlurmJob | undefined> {
    const found = (await readQueue(ask)).filter(({ name }) => name === jobName(job));
    return found.find((one) => endStateOf(one) === undefined) ?? found[0];
  }

  /** A submission without an answer may have been carried out: it is looked for until the queue can be read. */
  async function findAnyhow(job: RankJob): Promise<SlurmJob | undefined> {
    for (const deadline = Date.now() + 1e3 * searchSeconds; ; await sleep(1e3 * pollSeconds)) {
      try {
        return await find(job);
      } catch (error) {
        if (Date.now() > deadline) throw error;
      }
    }
  }

  async function submit(job: RankJob, script: string): Promise<number> {
    try {
      const said = await ask('sbatch', ['--parsable', script]);
      const id = Number.parseInt(said, 10);
      if (Number.isInteger(id)) return id;
      throw new Error(`sbatch answered ${JSON.stringify(said.trim())}, which is no job number.`);
    } catch (error) {
      if (!(error instanceof NoAnswerError)) throw error;
      // Not there by name: it was not carried out, so there is nothing to be doubled.
      const found = await findAnyhow(job);
      if (found === undefined) throw error;
      return found.id;
    }
  }

  async function untilEnded(job: RankJob, id: number): Promise<LaunchEnd> {
    for (let missing = 0; missing < missingLooks; await sleep(1e3 * pollSeconds, undefined, { ref: false })) {
      let jobs: SlurmJob[];
      try {
        jobs = await queue();
      } catch {
        // A controller that does not answer says nothing of the job.
        continue;
      }
      const now = jobs.find((one) => one.id === id);
      missing = now === undefined ? missing + 1 : 0;
      if (now && endStateOf(now) !== undefined) return endOf(job, now);
    }
    return endOf(job, undefined);
  }

  function launched(job: RankJob, id: number, known?: SlurmJob): Launched {
    const over = known !== undefined && endStateOf(known) !== undefined;
    const ended = over ? Promise.resolve(endOf(job, known)) : untilEnded(job, id);
    return {
      reference: String(id),
      ended,
      cancel: async (graceSeconds = defaultGraceSeconds) => {
        const now = (await readQueue(ask)).find((one) => one.id === id);
        if (now === undefined || endStateOf(now) !== undefined) return;
        if (!isPending(now)) {
          // To the ranks, which save and stop together; a refusal means that they are stopping already.
          await ask('scancel', ['--signal=USR2', String(id)]).catch(() => {});
          const stopped = await Promise.race([ended.then(() => true), sleep(1e3 * graceSeconds, false)]);
          if (stopped) return;
        }
        await ask('scancel', [String(id)]);
        await ended;
      },
    };
  }

  return {
    name: 'slurm',
    // How much goes on at once is counted in devices.
    limit: Number.POSITIVE_INFINITY,
    deviceLimit: site.devicesInFlight,
    preview: (job) => sbatchScript(job, { site }),

    async launch(job) {
      const script = sbatchScript(job, { site });
      writeJob(withHubMachine(job));
      const there = await find(job);
      if (there !== undefined) return launched(job, there.id, there);
      const file = join(job.folder, 'job.sbatch');
      writeWhole(file, script);
      return launched(job, await submit(job, file));
    },

    async adopt(job, reference) {
      const jobs = await readQueue(ask);
      const found =
        reference === null
          ? await find(job)
          : jobs.find(({ id, name }) => String(id) === reference && name === jobName(job));
      if (found !== undefined) return launched(job, found.id, found);
      // Slurm forgets a job minutes after its end; its log does not.
      const cause = causeInLog(lastLines(job, 65_536));
      if (reference === null || cause === undefined) return undefined;
      return { reference, ended: Promise.resolve(endOf(job, undefined)), cancel: async () => {} };
    },

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

/** How a job ended: by Slurm's doing, by what the log tells of a rank, or with the code that the ranks gave. */
function endOf(job: RankJob, end: SlurmJob | undefined): LaunchEnd {
  const told = causeInLog(lastLines(job, 65_536));
  const bySlurm = end && endedBySlurm(end);
  // A step that is cancelled because a rank died must not be told as "cancelled".
  const cancelled = end !== undefined && endStateOf(end) === 'CANCELLED';
  const cause = cancelled ? (told ?? bySlurm) : (bySlurm ?? told);
  return {
    code: end?.exit && end.exit.signal === 0 ? end.exit.code : null,
    signal: null,
    tail: lastLines(job),
    ...(cause !== undefined && { cause }),
  };
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
  };
}
