import { existsSync, mkdirSync, realpathSync, rmSync } from 'node:fs';
import { rm, statfs } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import {
  type DatasetCard,
  type DatasetImport,
  type ImportFile,
  type ImportFound,
  type ImportPhase,
  type ImportRequestBody,
  type ImportTarget,
  InputError,
  importFound,
} from '@litmatter/protocol';
import { z } from 'zod';
import type { ImportJob } from '../import/main.ts';
import { type Beside, startBeside, troubleOf } from './beside.ts';
import { Refusal } from './problems.ts';
import { takeFile } from './uploads.ts';

const program = fileURLToPath(new URL('../import/main.ts', import.meta.url));

const line = z.object({ read: z.number(), found: importFound.optional() });

/** What is left free of the disk beside what comes, in bytes. */
const spare = 200_000_000;

/** Data sets whose files a person may bring although there is a card of their name. */
const byHand: readonly string[] = ['qm9', 'zinc'];

interface Import {
  readonly name: string;
  readonly files: readonly ImportFile[];
  /** Where its files are kept until they are a data set; of no other import. */
  readonly folder: string;
  readonly stop: AbortController;
  phase: ImportPhase;
  /** What has come of each file. */
  readonly come: Map<string, number>;
  /** Files that are coming now. */
  readonly taking: Set<string>;
  read: number;
  found: ImportFound | null;
  error: string | null;
  beside: Beside | undefined;
}

export interface ImportsOptions {
  /** Of this hub alone: emptied when it starts, for nobody goes on with what another hub's end broke off. */
  readonly folder: string;
  /** Where data sets are made. */
  readonly datasetFolder: string;
  /** Data sets as they are now. */
  readonly cards: () => Promise<readonly DatasetCard[]>;
}

/**
 * Data sets that a person's files become: the files come from a page or a program, are read through beside the hub, and
 * are made a data set when it is said of which targets. What fails on the way leaves nothing.
 */
export class Imports {
  readonly #options: ImportsOptions;
  readonly #imports = new Map<string, Import>();

  constructor(options: ImportsOptions) {
    this.#options = options;
    rmSync(options.folder, { recursive: true, force: true });
  }

  states(): DatasetImport[] {
    return [...this.#imports.values()].map(stateOf);
  }

  /**
   * @throws InputError where the name is taken or there is no room, marked at the field; Refusal where an import of that
   *   name is on its way
   */
  async start({ name, files }: ImportRequestBody): Promise<DatasetImport> {
    await this.#checkName(name);
    await this.#checkRoom(files);
    const before = this.#imports.get(name);
    // Its sender is gone, or it was of no use: this one takes its place.
    if (before?.phase === 'refused' || (before?.phase === 'coming' && before.taking.size === 0)) {
      await this.#forget(before);
    }
    if (this.#imports.has(name)) {
      throw new Refusal(409, `An import of "${name}" is on its way already: wait for it, or cancel it.`);
    }
    const folder = this.#makeFolder(name);
    const one: Import = {
      ...{ name, files, folder },
      stop: new AbortController(),
      phase: 'coming',
      come: new Map(),
      taking: new Set(),
      ...{ read: 0, found: null, error: null, beside: undefined },
    };
    this.#imports.set(name, one);
    return stateOf(one);
  }

  /**
   * Take one of the files. With the last of them they are read through.
   *
   * @throws InputError where it is not what was announced, or breaks off: the import is then gone
   */
  async upload(name: string, file: string, coming: Readable): Promise<DatasetImport> {
    const one = this.#named(name);
    const wanted = one.files.find((known) => known.name === file);
    if (!wanted) throw new Refusal(404, `The import of "${name}" has announced no file "${file}".`);
    if (one.phase !== 'coming' || one.come.has(file)) {
      throw new Refusal(409, `"${file}" has come already, or is coming.`);
    }
    one.come.set(file, 0);
    one.taking.add(file);
    const onBytes = (bytes: number) => one.come.set(file, (one.come.get(file) ?? 0) + bytes);
    try {
      await takeFile(coming, { file: wanted, folder: one.folder, signal: one.stop.signal, onBytes });
    } catch (error) {
      await this.#forget(one);
      throw error;
    } finally {
      one.taking.delete(file);
    }
    if (one.taking.size === 0 && one.files.every((known) => one.come.has(known.name))) this.#look(one);
    return stateOf(one);
  }

  /** Make the data set. @throws Refusal where the files have not been read through; InputError for unknown targets */
  finish(name: string, targets: readonly ImportTarget[] | undefined): DatasetImport {
    const one = this.#named(name);
    const { found } = one;
    if (one.phase !== 'found' || !found) {
      throw new Refusal(409, `The files of "${name}" have not been read through yet.`);
    }
    const odd = targets?.findIndex((wanted) => !found.targets.some((target) => target.name === wanted.name));
    if (targets && odd !== undefined && odd >= 0) {
      const text = `is not in these files; they have ${found.targets.map((target) => target.name).join(', ')}`;
      throw new InputError(`The target "${targets[odd]!.name}" ${text}.`, { [`targets.${odd}.name`]: text });
    }
    one.error = null;
    const wanted = found.known ? undefined : targets;
    const job = { dataFolder: this.#options.datasetFolder, ...(wanted && { targets: [...wanted] }) };
    this.#run(one, 'making', job, async (trouble) => {
      if (trouble === undefined) return this.#forget(one);
      one.error = trouble;
      one.phase = 'found';
    });
    return stateOf(one);
  }

  /** Forget an import and its files. A data set that is being written is there in a moment, and awaited. */
  async cancel(name: string): Promise<{ cancelled: string }> {
    await this.#forget(this.#named(name));
    return { cancelled: name };
  }

  /** Forget all. A data set that is being written is finished yet. */
  async close(): Promise<void> {
    await Promise.all([...this.#imports.values()].map((one) => this.#forget(one)));
  }

  #named(name: string): Import {
    const one = this.#imports.get(name);
    if (one) return one;
    throw new Refusal(
      404,
      `There is no import of "${name}" on this hub: it was cancelled, or the hub restarted.`,
    );
  }

  async #checkName(name: string): Promise<void> {
    const card = (await this.#options.cards()).find((one) => one.name.toLowerCase() === name.toLowerCase());
    // A folder that is no data set is somebody's all the same.
    const unknown = () => !existsSync(join(this.#options.datasetFolder, name));
    const free = card === undefined ? unknown() : !card.available && byHand.includes(card.name);
    if (free) return;
    const text = 'is taken: choose another, or remove the data set that has it';
    throw new InputError(`The name "${name}" ${text}.`, { name: text });
  }

  async #checkRoom(files: readonly ImportFile[]): Promise<void> {
    const { bavail, bsize } = await statfs(dirname(this.#options.folder));
    const needed = files.reduce((sum, { bytes }) => sum + bytes, 0) + spare;
    if (needed <= bavail * bsize) return;
    const text = `do not fit: the hub's disk has ${Math.max(0, bavail * bsize - spare)} bytes left for them`;
    throw new InputError(`The files ${text}.`, { files: text });
  }

  #makeFolder(name: string): string {
    const { folder: root } = this.#options;
    const folder = join(root, name);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (realpathSync(folder) === join(realpathSync(dirname(root)), basename(root), name)) return folder;
    throw new Error(`${folder} leads out of the data folder`);
  }

  #look(one: Import): void {
    this.#run(one, 'reading', {}, async (trouble) => {
      if (trouble === undefined && one.found) {
        one.phase = 'found';
        return;
      }
      one.phase = 'refused';
      one.error = trouble ?? 'The import broke off. Nothing of it is kept; send the files again.';
      await rm(one.folder, { recursive: true, force: true });
    });
  }

  #run(
    one: Import,
    phase: 'reading' | 'making',
    job: Pick<ImportJob, 'dataFolder' | 'targets'>,
    ended: (trouble: string | undefined) => Promise<void>,
  ): void {
    one.phase = phase;
    one.read = 0;
    const request: ImportJob = {
      name: one.name,
      files: one.files.map(({ name }) => join(one.folder, name)),
      ...job,
    };
    const beside = startBeside(program, request, line, ({ read, found }) => {
      one.read = read;
      if (found) one.found = found;
    });
    one.beside = beside;
    void beside.ended.then(async (end) => {
      one.beside = undefined;
      const trouble = troubleOf(end, (why) => `The import broke off${why}. Nothing of it is kept.`);
      // Paths of the hub's folders are no business of a page: its files have names.
      if (!one.stop.signal.aborted) await ended(trouble?.replaceAll(one.folder + sep, ''));
    });
  }

  async #forget(one: Import): Promise<void> {
    one.stop.abort();
    const { beside } = one;
    beside?.stop();
    await beside?.ended;
    if (this.#imports.get(one.name) === one) this.#imports.delete(one.name);
    await rm(one.folder, { recursive: true, force: true });
  }
}

function stateOf({ name, files, phase, come, read, found, error }: Import): DatasetImport {
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const arrived = [...come.values()].reduce((sum, bytes) => sum + bytes, 0);
  return {
    ...{ name, files: [...files], phase, found, error, total },
    // Some readers look at a file's beginning first: more may have been read than there is.
    bytes: phase === 'coming' ? arrived : phase === 'found' ? total : Math.min(read, total),
  };
}
