import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RunEvent } from '@litmatter/protocol';
import { onTestFinished } from 'vitest';
import { type HubClient, hubClient } from '../src/client.ts';
import { attemptFolder } from '../src/folders.ts';

/** The real program, in processes of its own. */

const main = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
  /** Resolves with the first match of stdout or stderr; rejects where the program ends without one. */
  said(pattern: RegExp): Promise<RegExpExecArray>;
}

export interface ProgramOptions {
  readonly cwd?: string;
  readonly env?: Record<string, string>;
}

/** Start `litmatter ...`. It is killed when the test ends. */
export function litmatter(words: readonly string[], options: ProgramOptions = {}): Running {
  const child = spawn(process.execPath, [main, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: options.cwd ?? process.cwd(),
    env: { ...process.env, ...options.env },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let [stdout, stderr] = ['', ''];
  const listeners = new Set<() => void>();
  const heard = () => {
    for (const listener of listeners) listener();
  };
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    heard();
  });
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    heard();
  });
  const finished = new Promise<Finished>((resolve) =>
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr })),
  );
  return {
    child,
    finished,
    said: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(stdout) ?? pattern.exec(stderr);
          if (match === null) return;
          listeners.delete(look);
          resolve(match);
        };
        listeners.add(look);
        look();
        finished.then((end) =>
          reject(new Error(`it ended (${end.code}) without ${pattern}:\n${end.stdout}\n${end.stderr}`)),
        );
      }),
  };
}

export interface ServedHub extends Running {
  readonly url: string;
  readonly token: string;
  readonly call: HubClient;
}

/** `litmatter serve`, ready to be asked. */
export async function serve(dataFolder: string, port: number, ...words: string[]): Promise<ServedHub> {
  const running = litmatter(['serve', '--data', dataFolder, '--port', String(port), ...words]);
  const [, url, token] = await running.said(/(http:\S+)\?token=(\S+)/);
  return { ...running, url: url!, token: token!, call: hubClient(url!, token!) };
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** What an attempt's rank has truly measured: its own record, written before anything was sent. */
export function spooled(dataFolder: string, run: string, attempt = 1): RunEvent[] {
  return readFileSync(join(attemptFolder(dataFolder, run, attempt), 'spool.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as RunEvent);
}

/** Ask until the answer is what is waited for. */
export async function until<T>(
  ask: () => T | Promise<T>,
  holds: (answer: T) => boolean,
  seconds = 60,
): Promise<T> {
  const deadline = Date.now() + 1e3 * seconds;
  for (;;) {
    const answer = await ask();
    if (holds(answer)) return answer;
    if (Date.now() > deadline)
      throw new Error(`waited ${seconds} s; the last answer: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
