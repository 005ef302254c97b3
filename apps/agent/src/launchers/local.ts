import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tail } from '../files.ts';
import { rankProgram } from '../folders.ts';
import type { RankJob } from '../job.ts';
import type { LaunchEnd, Launched, Launcher } from './launcher.ts';
import { findByArgument, signal, startOf } from './processes.ts';

const defaultGraceSeconds = 10;
const tailBytes = 4_096;

export interface LocalLauncherOptions {
  /** The rank program; another one in tests. */
  readonly program?: string;
  /** Attempts under way at once: one, since runs would share the cores they are to measure. */
  readonly limit?: number;
}

/**
 * Ranks on this machine: one process an attempt, in a process group of its own, so that it outlives the hub. It writes
 * its spool and log into the attempt's folder; the next hub finds it by process id and start.
 */
export function localLauncher(options: LocalLauncherOptions = {}): Launcher {
  const { program = rankProgram, limit = 1 } = options;

  async function launch(job: RankJob): Promise<Launched> {
    const jobFile = writeJob(job);
    const there = findByArgument(jobFile);
    const adopted = there === undefined ? undefined : foundProcess(job, there, startOf(there));
    if (adopted !== undefined) return adopted;

    const log = openSync(join(job.folder, 'rank.log'), 'a', 0o600);
    const child = spawn(process.execPath, [program, '--job', jobFile], {
      detached: true,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    const ended = once(child, 'exit').then(
      ([code, by]): LaunchEnd => ({
        code: code as number | null,
        signal: by as NodeJS.Signals | null,
        tail: lastLines(job),
      }),
    );
    // Where the process cannot be made, `error` comes and `exit` never does.
    await Promise.race([once(child, 'spawn'), ended]);
    child.unref();
    const pid = child.pid!;
    return launched(pid, startOf(pid) ?? 'gone', ended);
  }

  return {
    name: 'local',
    limit,
    launch,
    adopt: async (job, reference) => {
      if (reference === null) {
        const pid = findByArgument(join(job.folder, 'job.json'));
        return pid === undefined ? undefined : foundProcess(job, pid, startOf(pid));
      }
      const [pid, start] = reference.split(' ');
      return startOf(Number(pid)) === start ? foundProcess(job, Number(pid), start) : undefined;
    },
    probe: async () => ({
      name: 'local',
      available: true,
      detail: `This machine's ${availableParallelism()} cores, one a device; runs take turns.`,
      mend: null,
      devices: availableParallelism(),
    }),
  };
}

/** The job file, whole or not at all: a rank never reads half of one. */
function writeJob(job: RankJob): string {
  mkdirSync(job.folder, { recursive: true });
  const path = join(job.folder, 'job.json');
  writeFileSync(`${path}.tmp`, `${JSON.stringify(job, null, 1)}\n`, { mode: 0o600 });
  renameSync(`${path}.tmp`, path);
  return path;
}

function lastLines(job: RankJob): string {
  return tail(job.folder, 'rank.log', tailBytes).text.trim();
}

/** A process that is not this hub's child: nobody tells of its end, so it is looked for. */
function foundProcess(job: RankJob, pid: number, start: string | undefined): Launched | undefined {
  if (start === undefined) return undefined;
  const gone = async (): Promise<LaunchEnd> => {
    while (startOf(pid) === start) await sleep(250, undefined, { ref: false });
    return { code: null, signal: null, tail: lastLines(job) };
  };
  return launched(pid, start, gone());
}

function launched(pid: number, start: string, ended: Promise<LaunchEnd>): Launched {
  return {
    reference: `${pid} ${start}`,
    ended,
    cancel: async (graceSeconds = defaultGraceSeconds) => {
      if (startOf(pid) !== start) return;
      signal(pid, 'SIGTERM');
      const over = await Promise.race([
        ended.then(() => true),
        sleep(graceSeconds * 1_000, false, { ref: false }),
      ]);
      if (!over && startOf(pid) === start) signal(-pid, 'SIGKILL');
      await ended;
    },
  };
}
