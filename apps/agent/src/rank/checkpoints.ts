import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { decode, id } from '@litmatter/protocol';
import { z } from 'zod';
import { writeWhole } from './files.ts';

/**
 * A run's checkpoints, in a folder that its attempts share. Each is two files, `epoch-7.safetensors` (the weights, for
 * anybody's tools) and `epoch-7.state` (all that training needs to go on), and a third, `epoch-7.json`, that names
 * them with their sizes and SHA-256 digests. It is put in place last: without it, or where a file is not what it
 * says, there is no checkpoint of that epoch.
 */

const manifest = z.object({
  format: z.literal('litmatter-checkpoint-1'),
  run: id,
  attempt: z.number().int().positive(),
  epoch: z.number().int().positive(),
  /** Milliseconds since 1970. */
  at: z.number(),
  files: z.record(
    z.enum(['weights', 'state']),
    z.object({ bytes: z.number().int(), sha256: z.string().length(64) }),
  ),
});
type Manifest = z.infer<typeof manifest>;
type Kind = keyof Manifest['files'];

const endings: Readonly<Record<Kind, string>> = { weights: 'safetensors', state: 'state' };
const ours = /^epoch-(\d+)\.(?:json|safetensors|state)(\.\d+\.tmp)?$/;

/** What a checkpoint is made of. */
export type CheckpointFiles = Readonly<Record<Kind, Uint8Array>>;

export interface GoodCheckpoint {
  readonly epoch: number;
  readonly state: Uint8Array;
}

export class Checkpoints {
  readonly folder: string;
  readonly #keep: number;

  constructor(folder: string, keep: number) {
    this.folder = folder;
    this.#keep = keep;
  }

  /** Put a checkpoint in place, and take away those before the last `keep`. @throws Error where it cannot be written */
  write(epoch: number, files: CheckpointFiles, by: { readonly run: string; readonly attempt: number }): void {
    mkdirSync(this.folder, { recursive: true });
    const told: Record<string, Manifest['files'][Kind]> = {};
    for (const kind of Object.keys(endings) as Kind[]) {
      // Whatever of it a power cut leaves, the digests tell: one sync of the folder, with the manifest, is enough.
      writeWhole(this.#path(epoch, endings[kind]), files[kind], false);
      told[kind] = { bytes: files[kind].length, sha256: digest(files[kind]) };
    }
    const said: Manifest = {
      format: 'litmatter-checkpoint-1',
      run: by.run,
      attempt: by.attempt,
      epoch,
      at: Date.now(),
      files: told as Manifest['files'],
    };
    writeWhole(this.#path(epoch, 'json'), `${JSON.stringify(said)}\n`);
    this.#takeAwayOld();
  }

  /** Epochs of which there is a checkpoint, good or not: the last one first. */
  epochs(): number[] {
    return this.#names()
      .flatMap((name) => (/^epoch-\d+\.json$/.test(name) ? [epochOf(name)] : []))
      .sort((a, b) => b - a);
  }

  /**
   * The last whole checkpoint: one that was cut, changed or never finished falls to the one before, and is taken away.
   *
   * @param onBroken - told of each that is not whole, in a sentence
   */
  last(onBroken: (sentence: string) => void): GoodCheckpoint | undefined {
    for (const epoch of this.epochs()) {
      try {
        return { epoch, state: this.#read(epoch) };
      } catch (error) {
        onBroken(`The checkpoint after epoch ${epoch} is broken: ${(error as Error).message}.`);
        rmSync(this.#path(epoch, 'json'), { force: true });
      }
    }
    return undefined;
  }

  /** Take them all away: a run that begins anew has nothing to go on from. */
  clear(): void {
    for (const name of this.#names().sort(manifestsFirst)) rmSync(join(this.folder, name), { force: true });
  }

  #read(epoch: number): Uint8Array {
    const text = readFileSync(this.#path(epoch, 'json'), 'utf8');
    const said = decode(manifest, JSON.parse(text), `epoch-${epoch}.json`);
    if (said.epoch !== epoch) throw new Error(`epoch-${epoch}.json is of epoch ${said.epoch}`);
    const read = (kind: Kind): Uint8Array => {
      const name = `epoch-${epoch}.${endings[kind]}`;
      const bytes = readFileSync(join(this.folder, name));
      const told = said.files[kind];
      if (bytes.length !== told.bytes) throw new Error(`${name} has ${bytes.length} of ${told.bytes} bytes`);
      if (digest(bytes) !== told.sha256) throw new Error(`${name} is not what was written (SHA-256 differs)`);
      return bytes;
    };
    read('weights');
    return read('state');
  }

  #takeAwayOld(): void {
    const kept = new Set(this.epochs().slice(0, this.#keep));
    for (const name of this.#names().sort(manifestsFirst)) {
      if (!kept.has(epochOf(name)) || name.endsWith('.tmp')) rmSync(join(this.folder, name), { force: true });
    }
  }

  /** The files of checkpoints, whole or not; nothing else in the folder is touched. */
  #names(): string[] {
    try {
      return readdirSync(this.folder).filter((name) => ours.test(name));
    } catch {
      return [];
    }
  }

  #path(epoch: number, ending: string): string {
    return join(this.folder, `epoch-${epoch}.${ending}`);
  }
}

const epochOf = (name: string): number => Number(ours.exec(name)![1]);

/** Without its manifest a checkpoint is none: half of one is never taken for broken. */
function manifestsFirst(a: string, b: string): number {
  return Number(b.endsWith('.json')) - Number(a.endsWith('.json'));
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
