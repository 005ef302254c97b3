import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { decode, InputError } from '@litmatter/protocol';
import { exitCode, type RankJob, rankJob } from '../job.ts';
import { runAttempt, runFollower } from './attempt.ts';
import { endProcess } from './mpi/end.ts';
import { isOfHydra, worldOf } from './mpi/world.ts';
import { Stop, type StopKind } from './stop.ts';

/**
 * The program a launcher starts: `node rank/main.ts --job FOLDER/job.json`. One process an attempt, its ranks threads,
 * under the launcher `local`; one process a rank under mpirun and srun. Exit codes: job.ts.
 */

const world = worldOf(process.env);

/** A line for rank.log. Ranks that are processes share it. */
function log(sentence: string): void {
  const who = world && world.size > 1 ? `rank ${world.rank}: ` : '';
  process.stderr.write(`${new Date().toISOString()} ${who}${sentence}\n`);
}

/** @throws InputError naming the file and what is wrong with it */
function readJob(args: readonly string[]): RankJob {
  let file: string | undefined;
  try {
    file = parseArgs({ args: [...args], options: { job: { type: 'string' } } }).values.job;
  } catch (error) {
    throw new InputError((error as Error).message);
  }
  if (file === undefined) throw new InputError('Name the job file: --job FOLDER/job.json.');
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new InputError(`The job file ${file} cannot be read: ${(error as Error).message}.`);
  }
  return decode(rankJob, value, file);
}

/** Signals that ask to save and stop, and what they mean. */
const stopping: Readonly<Partial<Record<NodeJS.Signals, readonly [sentence: string, how: StopKind]>>> = {
  // Of a batch system that takes the nodes back, of a machine that shuts down. A person's scancel looks the same: by
  // the queue the launcher tells them apart.
  SIGTERM: ['Stopped by SIGTERM.', 'interrupted'],
  // Slurm's --signal: the launcher asks for it ahead of a time limit.
  SIGUSR1: ['Stopped ahead of the time limit or of preemption (SIGUSR1).', 'interrupted'],
  // Of MPICH's mpirun it is our own launcher's cancel.
  SIGINT: [isOfHydra(process.env) ? 'Cancelled.' : 'Stopped by SIGINT.', 'cancelled'],
  // Our own launchers' cancel: Open MPI's mpirun and scancel pass it on to every rank.
  SIGUSR2: ['Cancelled.', 'cancelled'],
};

async function main(): Promise<number> {
  const stop = new Stop();
  for (const [signal, [sentence, how]] of Object.entries(stopping)) {
    let seen = 0;
    process.on(signal, () => {
      if (signal === 'SIGUSR1' && isOfHydra(process.env)) return;
      stop.request(sentence, how);
      if (++seen > 1) endProcess(exitCode.interrupted);
    });
  }
  try {
    const job = readJob(process.argv.slice(2));
    const ranks = job.spec.launcher.name === 'local' ? undefined : world;
    if (ranks && ranks.rank > 0) return await runFollower(job, ranks, { stop, log });
    return await runAttempt(job, { stop, log, world: ranks });
  } catch (error) {
    log(error instanceof InputError ? error.message : ((error as Error).stack ?? String(error)));
    return error instanceof InputError ? exitCode.badInput : exitCode.failed;
  }
}

// A log that nobody reads any more is no reason to end a run.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
endProcess(await main());
