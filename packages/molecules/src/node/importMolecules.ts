import { open, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type ImportFound, InputError, type TargetCard } from '@litmatter/protocol';
import { builtInDatasets } from '../datasets/builtIn.ts';
import { qm9 } from '../datasets/qm9.ts';
import { zinc } from '../datasets/zinc.ts';
import { readCollection } from '../readers/collection.ts';
import { type MoleculeSet, targetOf } from '../set.ts';
import { columnsOf } from '../setColumns.ts';
import { officialSizes, type SplitSizes } from '../split.ts';
import { contentsOf } from '../suit.ts';
import { writeColumns } from './columnFile.ts';
import { datasetFolder, fileSource } from './dataFolder.ts';
import { type Manifest, manifestName, moleculesName } from './imported.ts';
import { keepQm9Files, readQm9Files } from './importQm9.ts';
import { replaceFolder } from './replaceFolder.ts';

export interface ImportRequest {
  /** What the data set is called from then on; a data set of that name imported earlier is replaced. */
  readonly name: string;
  /** Paths. */
  readonly files: readonly string[];
  /** Only these targets, the first being the one trained on where none is named; all where left out. */
  readonly targets?: readonly WantedTarget[];
  /** Hears how many bytes more have been read of the files. */
  readonly onRead?: (bytes: number) => void;
  /** All has been read, and what is now written will be there whole. */
  readonly onWrite?: () => void;
}

/** A target, with a unit where it is to be another than the one its file gives. */
export interface WantedTarget {
  readonly name: string;
  readonly unit?: string;
}

export interface ImportReport {
  readonly name: string;
  readonly molecules: number;
  readonly atoms: number;
  readonly targets: readonly TargetCard[];
  /** Sizes of the set's own split; null where it has none. */
  readonly split: SplitSizes | null;
  /** What was passed over, in sentences. */
  readonly notes: readonly string[];
}

/** Names of data sets that have files of their own, and of folders that are something else. */
function checkName(name: string): void {
  const taken = builtInDatasets.some((dataset) => dataset.name === name && dataset !== zinc);
  if (taken || name === 'cache') {
    throw new InputError(`"${name}" is not free as a data set's name. Choose another.`, {
      name: 'is not free',
    });
  }
}

/** Graphs have a number "y": under a name whose card has but one target, it is that one. */
function named(set: MoleculeSet, name: string): MoleculeSet {
  const { y, ...others } = set.targets;
  if (name !== zinc.name || !y || Object.keys(others).length > 0) return set;
  return { ...set, targets: { [zinc.defaultTarget]: y } };
}

function targetsOf(set: MoleculeSet, wanted: readonly WantedTarget[] | undefined): MoleculeSet['targets'] {
  if (!wanted) return set.targets;
  return Object.fromEntries(
    wanted.map(({ name, unit }) => {
      const target = targetOf(set, name);
      return [name, { ...target, unit: unit ?? target.unit }];
    }),
  );
}

/** What a set's targets are called: as the card of a known data set does, else as their files do. */
function targetCards(name: string, set: MoleculeSet): TargetCard[] {
  const card = name === zinc.name ? zinc : undefined;
  const targets = Object.entries(set.targets).map(([target, { unit }]) => {
    const known = card?.targets.find((other) => other.name === target);
    return known ?? { name: target, title: target, unit, description: `The column "${target}".` };
  });
  if (targets.length > 0) return targets;
  throw new InputError(
    'These files give their molecules no number to train on. Add a column of numbers (a .csv beside an .sdf or .xyz, ' +
      'a data item, a key of the comment line, "y").',
  );
}

function manifestOf(name: string, set: MoleculeSet, files: Manifest['files'], wanted: boolean): Manifest {
  const card = name === zinc.name ? zinc : undefined;
  const targets = targetCards(name, set);
  const chosen = targets.find((target) => target.name === card?.defaultTarget);
  const names = files.map((file) => file.name).join(', ');
  return {
    format: 'litmatter data set 1',
    name,
    title: card?.title ?? name,
    description: card ? `${card.description} Here are ${set.size} of them.` : `Imported from ${names}.`,
    licence: card?.licence ?? 'that of the files it was imported from',
    source: card ? `${card.source}; imported from ${names}` : names,
    molecules: set.size,
    targets,
    defaultTarget: ((wanted ? undefined : chosen) ?? targets[0])!.name,
    split: officialSizes(set.parts),
    contents: contentsOf(set),
    files,
  };
}

async function writeManifest(path: string, manifest: Manifest): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(`${JSON.stringify(manifest, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

interface ReadThrough {
  readonly set: MoleculeSet;
  readonly notes: readonly string[];
  /** Whether the targets are those of a card, and their units with them. */
  readonly known: boolean;
}

async function readThrough({ name, files, onRead }: ImportRequest): Promise<ReadThrough> {
  if (name === qm9.name) return { set: await readQm9Files(files, onRead), notes: [], known: true };
  checkName(name);
  const { set, notes } = await readCollection(files.map((path) => fileSource(path, onRead)));
  return { set: named(set, name), notes, known: name === zinc.name };
}

/**
 * Read files through as an import does, and say what it would make of them. Writes nothing.
 *
 * @throws InputError naming file, place and mend
 */
export async function lookThrough(request: ImportRequest): Promise<ImportFound> {
  const { set, notes, known } = await readThrough(request);
  const cards = request.name === qm9.name ? qm9.targets : targetCards(request.name, set);
  return {
    molecules: set.size,
    atoms: set.atomicNumbers.length,
    contents: contentsOf(set),
    targets: cards.map(({ name, title, unit }) => ({ name, title, unit })),
    known,
    split: officialSizes(set.parts),
    notes: [...notes],
  };
}

/**
 * Make a data set in the data folder from a person's own files (see `readCollection` for what they may be; QM9's
 * official files under the name "qm9" stay as they are, see `importQm9`). All files are read through first; the data set
 * is there at once and whole, or not at all.
 *
 * @throws InputError naming file, place and mend; the data folder is then as it was
 */
export async function importMolecules(request: ImportRequest, dataFolder: string): Promise<ImportReport> {
  const { name, files, targets: wanted, onWrite } = request;
  const { set: all, notes } = await readThrough(request);
  if (name === qm9.name) {
    onWrite?.();
    await keepQm9Files(files, dataFolder);
    return { ...reportOf(name, all), targets: qm9.targets, notes };
  }
  const set = { ...all, targets: targetsOf(all, wanted) };
  const sizes = await Promise.all(
    files.map(async (path) => ({ name: basename(path), bytes: (await stat(path)).size })),
  );
  const manifest = manifestOf(name, set, sizes, wanted !== undefined);
  onWrite?.();
  await replaceFolder(datasetFolder(dataFolder, name), async (coming) => {
    await writeColumns(join(coming, moleculesName), {}, columnsOf(set));
    await writeManifest(join(coming, manifestName), manifest);
  });
  return { ...reportOf(name, set), targets: manifest.targets, notes };
}

function reportOf(name: string, set: MoleculeSet): Omit<ImportReport, 'targets' | 'notes'> {
  return {
    name,
    molecules: set.size,
    atoms: set.atomicNumbers.length,
    split: officialSizes(set.parts),
  };
}
