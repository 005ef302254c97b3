import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RankJob } from '../job.ts';
import { type Cause, toldOf } from './cause.ts';
import { lastLines } from './job-files.ts';
import type { LaunchEnd, Launched } from './launcher.ts';
import { findAllByArgument, findByArgument, signal, startOf } from './processes.ts';

const defaultGraceSeconds = 10;
/** From the first forcing, which lets mpirun end ranks on other hosts, to the last. */
const forceSeconds = 4;

/** A process of this machine that carries out an attempt and outlives the hub; the next hub finds it again. */
export interface Detached {
  readonly job: RankJob;
  /** One of its arguments, which no other process has. */
  readonly marker: string;
  /** Asks it to save and stop. */
  readonly ask: NodeJS.Signals;
  /** Ends what did not stop; SIGKILL to all that is left of it follows. */
  readonly force?: NodeJS.Signals;
  /** Why it ended, where its log tells. */
  readonly causeOf?: (log: string) => Cause | undefined;
}

export interface DetachedCommand {
  readonly program: string;
  readonly words: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

/** Start it in a process group of its own, writing to the attempt's log, or find it where it runs already. */
export async function startDetached(detached: Detached, command: DetachedCommand): Promise<Launched> {
  const { job, marker } = detached;
  const there = findByArgument(marker);
  const adopted = there === undefined ? undefined : found(detached, there, startOf(there));
  if (adopted !== undefined) return adopted;

  const log = openSync(join(job.folder, 'rank.log'), 'a', 0o600);
  const child = spawn(command.program, command.words, {
    detached: true,
    stdio: ['ignore', log, log],
    ...(command.env && { env: command.env }),
  });
  closeSync(log);
  const ended = once(child, 'exit').then(
    ([code, by]): LaunchEnd => ({
      code: code as number | null,
      signal: by as NodeJS.Signals | null,
      ...told(detached),
    }),
  );
  // Where the process cannot be made, `error` comes and `exit` never does.
  await Promise.race([once(child, 'spawn'), ended]);
  child.unref();
  const pid = child.pid!;
  return launched(detached, pid, startOf(pid) ?? 'gone', ended);
}

/** Find what an earlier hub has started, by its reference, or without one by its marker. */
export function adoptDetached(detached: Detached, reference: string | null): Launched | undefined {
  if (reference === null) {
    const pid = findByArgument(detached.marker);
    return pid === undefined ? undefined : found(detached, pid, startOf(pid));
  }
  const [pid, start] = reference.split(' ');
  return startOf(Number(pid)) === start ? found(detached, Number(pid), start) : undefined;
}

function told({ job, causeOf }: Detached): Pick<LaunchEnd, 'tail' | 'cause' | 'fault'> {
  return { tail: lastLines(job), ...toldOf(causeOf?.(lastLines(job, 65_536))) };
}

/** A process that is not this hub's child: nobody tells of its end, so it is looked for. */
function found(detached: Detached, pid: number, start: string | undefined): Launched | undefined {
  if (start === undefined) return undefined;
  const gone = async (): Promise<LaunchEnd> => {
    while (startOf(pid) === start) await sleep(250, undefined, { ref: false });
    return { code: null, signal: null, ...told(detached) };
  };
  return launched(detached, pid, start, gone());
}

function launched(detached: Detached, pid: number, start: string, ended: Promise<LaunchEnd>): Launched {
  const { job, marker, ask, force } = detached;
  const within = (seconds: number) =>
    Promise.race([ended.then(() => true), sleep(seconds * 1_000, false, { ref: false })]);
  return {
    reference: `${pid} ${start}`,
    ended,
    cancel: async (graceSeconds = defaultGraceSeconds) => {
      if (startOf(pid) !== start) return;
      signal(pid, ask);
      let over = await within(graceSeconds);
      if (!over && force !== undefined) {
        signal(pid, force);
        over = await within(forceSeconds);
      }
      if (!over && startOf(pid) === start) {
        signal(-pid, 'SIGKILL');
        // Ranks that mpirun has put into groups of their own.
        for (const rank of findAllByArgument(join(job.folder, 'job.json'))) signal(rank, 'SIGKILL');
        for (const other of findAllByArgument(marker)) signal(other, 'SIGKILL');
      }
      await ended;
    },
  };
}
