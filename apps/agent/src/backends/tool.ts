import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

export interface ToolOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
  /** Every line of stdout and stderr, as it comes. */
  readonly onLine?: (line: string) => void;
  /** Called once a second while it runs: to look at what it has written. */
  readonly onTick?: () => void;
  /** Asked once a second: says whether to wait for it no longer. */
  readonly stalled?: () => boolean;
}

export interface ToolEnd {
  /** Null where a signal ended it, or where it could not be started. */
  readonly code: number | null;
  /** The last lines of stdout and stderr, as they came. */
  readonly output: string;
  readonly stalled: boolean;
}

const keptLines = 200;

/**
 * Run a program of this machine (npm, pip, the compiler) in a process group of its own, so that what it starts ends
 * with it. No shell.
 *
 * @throws the signal's reason once it is aborted
 */
export async function runTool(
  command: string,
  args: readonly string[],
  options: ToolOptions = {},
): Promise<ToolEnd> {
  const { cwd, env, signal, onLine, onTick, stalled } = options;
  signal?.throwIfAborted();
  const child = spawn(command, args, {
    ...(cwd !== undefined && { cwd }),
    ...(env && { env }),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const take = (line: string) => {
    lines.push(line);
    if (lines.length > keptLines) lines.shift();
    onLine?.(line);
  };
  const end = () => endGroup(child.pid);
  signal?.addEventListener('abort', end, { once: true });
  let wasStalled = false;
  const clock = setInterval(() => {
    onTick?.();
    if (!wasStalled && stalled?.() === true) {
      wasStalled = true;
      end();
    }
  }, 1_000);
  try {
    const read = [child.stdout, child.stderr].map((stream) => readLines(stream, take));
    const code = await new Promise<number | null>((resolve) => {
      child.on('error', (error) => {
        take(error.message);
        resolve(null);
      });
      child.on('close', resolve);
    });
    await Promise.all(read);
    signal?.throwIfAborted();
    return { code, output: lines.join('\n'), stalled: wasStalled };
  } finally {
    clearInterval(clock);
    signal?.removeEventListener('abort', end);
  }
}

async function readLines(stream: Readable, take: (line: string) => void): Promise<void> {
  for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }))
    take(line);
}

/** End the process and what it started; what a program was in the middle of writing is thrown away with its folder. */
function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
