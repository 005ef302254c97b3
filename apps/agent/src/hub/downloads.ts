import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type DatasetCard, type DatasetDownload, downloadPhase } from '@litmatter/protocol';
import { z } from 'zod';
import { byHand, comingFolder } from '../download/download.ts';
import type { DownloadRequest } from '../download/main.ts';
import { downloadSources, filesOf, sourceOf } from '../download/sources.ts';
import { type Beside, startBeside, troubleOf } from './beside.ts';
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
  readonly program: Beside;
  /** When it has ended and what came of it is told. */
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
    going?.program.stop();
    await going?.ended;
    return this.state(name);
  }

  /** Break off every download. One whose files have all come makes a data set of them yet, by itself. */
  async close(): Promise<void> {
    await Promise.all(
      [...this.#going.values()].map(({ program, ended, progress }) => {
        program.stop();
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
    this.#errors.delete(name);
    const [first] = filesOf(name, subset)!;
    const beside = startBeside(program, request, progressLine, (progress) => {
      going.progress = progress;
    });
    const going: Going = {
      program: beside,
      progress: { phase: 'downloading', file: first!.name },
      ended: beside.ended.then((end) => {
        this.#going.delete(name);
        const error = troubleOf(end, (why) => `The download broke off${why}. What has come is kept.`);
        if (error !== undefined) this.#errors.set(name, error);
      }),
    };
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
