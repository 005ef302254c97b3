import { type DatasetCard, decode, InputError, registryName, type TargetCard } from '@litmatter/protocol';
import type { z } from 'zod';
import type { Source } from '../readers/source.ts';
import type { MoleculeSet } from '../set.ts';
import type { SplitSizes } from '../split.ts';
import type { MoleculeContents } from '../suit.ts';

/** A file in a data set's own folder. */
export interface StoredFile {
  readonly source: Source;
  readonly bytes: number;
  /** Changes when the file does. */
  readonly stamp: string;
}

/** Where a data set's files come from: a folder in Node, the page's own assets in a browser. */
export interface DatasetContext {
  /** A file that ships with the code, named by `new URL('./file', import.meta.url)`. */
  asset(url: URL): Promise<Uint8Array>;
  /** A file of a data set's folder, as it is or gzipped; null where there is none. */
  open(dataset: string, file: string): Promise<StoredFile | null>;
  /** The data set's folder, in words for a message; null where there can be none. */
  folder(dataset: string): string | null;
}

/** Whether a data set can be loaded here and now. */
export interface DatasetStatus {
  readonly available: boolean;
  /** Null where not known without loading it. */
  readonly molecules: number | null;
  readonly bytes: number | null;
  /** What to do to get it, where it is not available. */
  readonly mend: string | null;
  /** Changes whenever the data do; the disk cache is kept by it. Null: never cache. */
  readonly fingerprint: string | null;
  /** Sizes of its own split, the one named "official"; null where it has none, left out where they are not known. */
  readonly split?: SplitSizes | null;
  /** What its molecules have; left out or null where that is not known without loading it. */
  readonly contents?: MoleculeContents | null;
}

/** A data set as it is injected: built-in data sets and a user's come in by the same door. */
export interface DatasetDefinition<S extends z.ZodType = z.ZodType> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly licence: string;
  /** Where it comes from: a paper, an address, a program. */
  readonly source: string;
  /** What can be chosen of it, each with `.describe()`: the dashboard draws its form from this. */
  readonly options: S;
  readonly targets: readonly TargetCard[];
  readonly defaultTarget: string;
  /** Left out: available, of a size that is not known, never cached. */
  status?(context: DatasetContext): Promise<DatasetStatus>;
  /** @throws InputError where the files are missing or malformed; nothing half-read is returned */
  load(context: DatasetContext, options: z.infer<S>): Promise<MoleculeSet>;
}

const alwaysThere: DatasetStatus = {
  available: true,
  molecules: null,
  bytes: null,
  mend: null,
  fingerprint: null,
};

/** Check a definition and give it back with its option type. @throws InputError */
export function defineDataset<S extends z.ZodType>(definition: DatasetDefinition<S>): DatasetDefinition<S> {
  const { name, targets, defaultTarget } = definition;
  const what = `The data set "${name}"`;
  decode(registryName, name, `The data set's name "${name}"`);
  for (const target of targets) decode(registryName, target.name, `${what}, target "${target.name}"`);
  if (new Set(targets.map((target) => target.name)).size !== targets.length) {
    throw new InputError(`${what} names a target twice. Each must stand once.`);
  }
  if (!targets.some((target) => target.name === defaultTarget)) {
    throw new InputError(
      `${what} has the default target "${defaultTarget}", which is not among its targets.`,
    );
  }
  return definition;
}

/** The data set of that name. @throws InputError naming those there are */
export function findDataset(definitions: readonly DatasetDefinition[], name: string): DatasetDefinition {
  const found = definitions.find((definition) => definition.name === name);
  if (found) return found;
  const names = definitions.map((definition) => definition.name).join(', ');
  throw new InputError(`There is no data set "${name}"; there are: ${names}.`, {
    'dataset.name': `there is no data set "${name}"`,
  });
}

/** The target to train on: the one asked for, or the data set's own choice. @throws InputError naming those there are */
export function chooseTarget(definition: DatasetDefinition, target: string | undefined): TargetCard {
  const name = target ?? definition.defaultTarget;
  const found = definition.targets.find((card) => card.name === name);
  if (found) return found;
  const names = definition.targets.map((card) => card.name).join(', ');
  throw new InputError(`The data set "${definition.name}" has no target "${name}"; it has ${names}.`, {
    'dataset.target': `has no target "${name}"`,
  });
}

export async function datasetStatus(
  definition: DatasetDefinition,
  context: DatasetContext,
): Promise<DatasetStatus> {
  return (await definition.status?.(context)) ?? alwaysThere;
}

/** What a form shows of a data set, here and now. */
export async function datasetCard(
  definition: DatasetDefinition,
  context: DatasetContext,
): Promise<DatasetCard> {
  const { name, title, description, licence, source, targets, defaultTarget } = definition;
  const { available, molecules, bytes, mend, split, contents } = await datasetStatus(definition, context);
  return {
    name,
    title,
    description,
    licence,
    source,
    molecules,
    bytes,
    available,
    mend,
    targets: [...targets],
    defaultTarget,
    ...(split !== undefined && { split }),
    ...(contents !== undefined && { contents }),
  };
}

/**
 * Load a data set, with its options checked by its own schema.
 *
 * @throws InputError for bad options, missing or malformed files
 */
export async function loadDataset(
  definition: DatasetDefinition,
  context: DatasetContext,
  options: unknown = {},
): Promise<MoleculeSet> {
  const chosen = decode(definition.options, options, `The options of the data set "${definition.name}"`);
  const set = await definition.load(context, chosen);
  const missing = definition.targets.find((target) => !Object.hasOwn(set.targets, target.name));
  if (missing) {
    throw new InputError(
      `The data set "${definition.name}" names the target "${missing.name}", but what it loads has no such column.`,
    );
  }
  return set;
}
