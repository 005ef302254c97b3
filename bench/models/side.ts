import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import { z } from 'zod';

/**
 * A process that computes one side of the comparison: it reads one JSON object a line and answers one. `pyg.py` and
 * `ours.ts` understand the same four asks.
 */
export class Side {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  readonly #reader: Interface;
  readonly #name: string;
  /** The end of what it wrote to stderr: shown where it fails, for libraries say much else there. */
  #errors = '';

  constructor(name: string, program: string, words: readonly string[], env: NodeJS.ProcessEnv = {}) {
    this.#name = name;
    this.#child = spawn(program, words, { env: { ...process.env, ...env }, stdio: 'pipe' });
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#errors = (this.#errors + text).slice(-4000);
    });
    // A process that has died is told of by the line that does not come.
    this.#child.stdin.on('error', () => {});
    this.#reader = createInterface({ input: this.#child.stdout });
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }

  async #ask<T>(question: object, answer: z.ZodType<T>): Promise<T> {
    this.#child.stdin.write(`${JSON.stringify(question)}\n`);
    const { value, done } = await this.#lines.next();
    if (done) {
      const how = this.#child.signalCode ?? `code ${this.#child.exitCode}`;
      const asked = JSON.stringify(question);
      throw new Error(`${this.#name} ended (${how}) when asked ${asked}. It wrote:\n${this.#errors}`);
    }
    return answer.parse(JSON.parse(value));
  }

  /** Read the batch's molecules from a file. */
  load(path: string): Promise<unknown> {
    return this.#ask({ load: path }, z.object({}));
  }

  /** Build the model and put the batch before it; answers the number of parameters. */
  async build(model: string, threads: number): Promise<number> {
    return (await this.#ask({ model, threads }, z.object({ parameters: z.number() }))).parameters;
  }

  /** Train so many steps: the seconds of each, and the most memory the process has had so far. */
  steps(count: number): Promise<Measured> {
    return this.#ask({ steps: count }, measured);
  }

  /** Kernels that one training step launches. */
  async launches(): Promise<number> {
    return (await this.#ask({ launches: true }, z.object({ launches: z.number() }))).launches;
  }

  /** Let the process end, and wait for it. */
  async close(): Promise<void> {
    this.#reader.close();
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill();
    await ended;
  }
}

const measured = z.object({ seconds: z.array(z.number()), peakBytes: z.number() });
export type Measured = z.infer<typeof measured>;
