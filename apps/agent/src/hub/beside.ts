import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import type { z } from 'zod';
import { exitCode } from '../job.ts';

/** A program at work beside the hub, which ends with it: what computes for long must not hold up the hub's answers. */
export interface Beside {
  readonly ended: Promise<BesideEnd>;
  /** Ask it to end; where it is near its end it may go on to it. */
  stop(): void;
}

export interface BesideEnd {
  /** What it wrote to stderr. */
  readonly said: string;
  /** Its exit code, null where a signal ended it, or why it could not be started. */
  readonly code: number | string | null;
  /** Whether it ended before its end, as it was asked to. */
  readonly stopped: boolean;
}

/**
 * Start a program of ours with a request as JSON in its first argument (see `besideHub` for its side).
 *
 * @param heard - called with every line that is what `schema` says
 */
export function startBeside<S extends z.ZodType>(
  program: string,
  request: object,
  schema: S,
  heard: (line: z.infer<S>) => void,
): Beside {
  const child: ChildProcess = spawn(process.execPath, [program, JSON.stringify(request)], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin!.on('error', () => {});
  createInterface({ input: child.stdout! }).on('line', (line) => {
    const value = lineOf(schema, line);
    if (value !== undefined) heard(value);
  });
  const ended = Promise.all([
    text(child.stderr!),
    new Promise<number | string | null>((resolve) => {
      child.on('error', ({ message }) => resolve(message)).on('close', resolve);
    }),
  ]).then(
    ([said, code]): BesideEnd => ({
      said,
      code,
      stopped: code === exitCode.interrupted || (code === null && child.killed),
    }),
  );
  return { ended, stop: () => void child.kill('SIGTERM') };
}

/** Undefined for a line that its program's end has cut short. */
function lineOf<S extends z.ZodType>(schema: S, line: string): z.infer<S> | undefined {
  try {
    return schema.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

/**
 * What to tell of a program that has ended: its own sentence where it has one; undefined where all went well, or it was
 * asked to end.
 *
 * @param brokeOff - the sentence around anything else, given ": TypeError ..." or the like
 */
export function troubleOf(
  { said, code, stopped }: BesideEnd,
  brokeOff: (why: string) => string,
): string | undefined {
  if (code === exitCode.done || stopped) return undefined;
  const lines = said.trim().split('\n');
  if (code === exitCode.badInput || code === exitCode.lacking) return lines.at(-1);
  const thrown = lines.find((line) => /^\w*Error: /.test(line)) ?? code;
  return brokeOff(thrown === null ? ', its program having been ended' : `: ${thrown}`);
}
