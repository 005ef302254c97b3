import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { type DatasetCard, type DatasetDownload, downloadPhase } from '@litmatter/protocol';
import { z } from 'zod';
import { byHand, comingFolder } from '../download/download.ts';
import type { DownloadRequest } from '../download/main.ts';
import { downloadSources, filesOf, sourceOf } from '../download/sources.ts';
import { exitCode } from '../job.ts';
import { Refusal } from './problems.ts';

const program = fileURLToPath(new URL('../download/main.ts', import.meta.url));

const progressLine = z.object({
  phase: downloadPhase,
  file: z.string().nullable(),
  bytes: z.number().optional(),
  total: z.number().optional(),
});

type Progress = z.infer<typeof progressLine>;

interface Going {
  readonly child: ChildProcess;
  readonly ended: Promise<void>;
  progress: Progress;
}

export interface DownloadsOptions {
  /** Folder of downloaded and cached data sets. */
  readonly datasetFolder: string;
  /** By data set: another folder by http(s) to download it from. */
  readonly mirrors: Readonly<Record<string, string>>;
  /** Data sets as they are now, those to download at least. */
  readonly cards: () => Promise<readonly DatasetCard[]>;
}

/**
 * The downloads of data sets that pages ask for, one at a time of each, beside the hub: reading a data set through
 * computes. They end with the hub, and what has come of them is kept; so is that of those whom a hub's end broke off.
 */
export class Downloads {
  readonly #options: DownloadsOptions;
  readonly #going = new Map<string, Going>();
  readonly #errors = new Map<string, string>();

  constructor(options: DownloadsOptions) {
    this.#options = options;
  }

  async states(): Promise<DatasetDownload[]> {
    const cards = await this.#options.cards();
    return cards.filter(({ name }) => sourceOf(name)).map((card) => this.#stateOf(card));
  }

  /** @throws Refusal for a data set that is not one to download */
  async state(name: string): Promise<DatasetDownload> {
    const found = (await this.states()).find((state) => state.name === name);
    if (found) return found;
    const names = Object.keys(downloadSources).join(' and ');
    throw new Refusal(404, `The data set "${name}" is not one to download; ${names} are.`);
  }

  /**
   * Begin a download, or go on with one that broke off. Where one goes on already, that is it.
   *
   * @throws Refusal where there is no such download, or the data set is here
   */
  async start(name: string, subset: boolean): Promise<DatasetDownload> {
    const { available } = await this.state(name);
    if (available) throw new Refusal(409, `The data set "${name}" is here already.`);
    if (!filesOf(name, subset)) {
      throw new Refusal(409, `The data set "${name}" has no subset of a benchmark.`);
    }
    if (!this.#going.has(name)) this.#launch(name, subset);
    return this.state(name);
  }

  /** Break off, where one goes on; what has come is kept. A data set that is being read is there soon, and awaited. */
  async cancel(name: string): Promise<DatasetDownload> {
    const going = this.#going.get(name);
    going?.child.kill('SIGTERM');
    await going?.ended;
    return this.state(name);
  }

  /** Break off every download. One whose files have all come makes a data set of them yet, by itself. */
  async close(): Promise<void> {
    await Promise.all(
      [...this.#going.values()].map(({ child, ended, progress }) => {
        child.kill('SIGTERM');
        return progress.phase === 'reading' ? undefined : ended;
      }),
    );
  }

  #launch(name: string, subset: boolean): void {
    const { datasetFolder, mirrors } = this.#options;
    const from = Object.hasOwn(mirrors, name) ? mirrors[name] : undefined;
    const request: DownloadRequest = {
      name,
      subset,
      dataFolder: datasetFolder,
      ...(from !== undefined && { from }),
    };
    const child = spawn(process.execPath, [program, JSON.stringify(request)], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    child.stdin.on('error', () => {});
    this.#errors.delete(name);
    const [first] = filesOf(name, subset)!;
    const going: Going = {
      child,
      progress: { phase: 'downloading', file: first!.name },
      ended: Promise.all([
        text(child.stderr),
        new Promise<number | string | null>((resolve) => {
          child.on('error', ({ message }) => resolve(message)).on('close', resolve);
        }),
      ]).then(([said, code]) => {
        this.#going.delete(name);
        const error = troubleOf(said, code);
        const interrupted = code === exitCode.interrupted || (code === null && child.killed);
        if (error !== undefined && !interrupted) this.#errors.set(name, error);
      }),
    };
    createInterface({ input: child.stdout }).on('line', (line) => {
      going.progress = progressOf(line) ?? going.progress;
    });
    this.#going.set(name, going);
  }

  #stateOf({ name, available, mend }: DatasetCard): DatasetDownload {
    const { files, subset } = sourceOf(name)!;
    const progress = this.#going.get(name)?.progress;
    const folder = comingFolder(this.#options.datasetFolder, name);
    const file = progress?.file ?? null;
    const sizes = files.map(({ bytes }) => bytes);
    return {
      name,
      available,
      size: sizes.reduce<number | null>(
        (sum, bytes) => (sum === null ? sum : bytes === undefined ? null : sum + bytes),
        0,
      ),
      hasSubset: subset !== undefined,
      phase: progress?.phase ?? null,
      file,
      // Until the server answers: what there was.
      bytes: progress?.bytes ?? (file === null ? 0 : sizeOf(join(folder, `${file}.part`))),
      total: progress?.total ?? files.find((one) => one.name === file)?.bytes ?? null,
      kept: bytesIn(folder),
      error: this.#errors.get(name) ?? null,
      byHand: mend === null ? null : byHand(mend),
    };
  }
}

/** Undefined for a line that its program's end has cut short. */
function progressOf(line: string): Progress | undefined {
  try {
    return progressLine.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

/** What to tell of a program that has ended; undefined where all went well. */
function troubleOf(said: string, code: number | string | null): string | undefined {
  if (code === exitCode.done) return undefined;
  const lines = said.trim().split('\n');
  if (code === exitCode.badInput || code === exitCode.lacking) return lines.at(-1);
  const thrown = lines.find((line) => /^\w*Error: /.test(line)) ?? code;
  return `The download broke off${thrown === null ? ', its program having been ended' : `: ${thrown}`}. What has come is kept.`;
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** Bytes of the files of a folder that are downloads or parts of them. */
function bytesIn(folder: string): number {
  let sum = 0;
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (!entry.isFile() || entry.name.endsWith('.etag')) continue;
      sum += sizeOf(join(folder, entry.name));
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return sum;
}
