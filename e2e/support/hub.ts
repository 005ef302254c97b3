import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test as base } from '@playwright/test';

const program = fileURLToPath(new URL('../../apps/agent/src/cli/main.ts', import.meta.url));

export interface HubOptions {
  /** Further words for `litmatter serve`. */
  readonly words?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A real hub in a process of its own, on a data folder of its own. */
export class Hub {
  readonly #options: HubOptions;
  readonly folder = mkdtempSync(join(tmpdir(), 'litmatter-e2e-'));
  #child: ChildProcess | undefined;
  #address = '';
  #port = 0;

  constructor(options: HubOptions = {}) {
    this.#options = options;
  }

  /** The address `litmatter serve` printed, token and all. */
  get address(): string {
    return this.#address;
  }

  /** Start, or start again on the same port and folder. Resolves once the address has been printed. */
  async start(): Promise<void> {
    const { words = [], env = {} } = this.#options;
    const child = spawn(
      process.execPath,
      [program, 'serve', '--port', String(this.#port), '--data', this.folder, ...words],
      { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } },
    );
    this.#child = child;
    this.#address = await new Promise<string>((resolve, reject) => {
      let said = '';
      const listen = (chunk: Buffer) => {
        said += chunk.toString();
        const address = /https?:\/\/\S+token=\S+/.exec(said)?.[0];
        if (address) resolve(address);
      };
      child.stdout.on('data', listen);
      child.stderr.on('data', listen);
      child.on('exit', (code) => reject(new Error(`litmatter serve ended with code ${code}:\n${said}`)));
    });
    this.#port = Number(new URL(this.#address).port);
  }

  /** End it and wait: SIGTERM as a person's Ctrl-C would, SIGKILL as a power cut would. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** `test` with a fresh hub each. */
export const test = base.extend<{ hub: Hub }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's dependencies from this pattern.
  hub: async ({}, use) => {
    const hub = new Hub();
    await hub.start();
    await use(hub);
    await hub.stop();
    hub.remove();
  },
});

export { expect } from '@playwright/test';
