import { open, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { InputError, type TargetCard } from '@litmatter/protocol';
import { builtInDatasets } from '../datasets/builtIn.ts';
import { zinc } from '../datasets/zinc.ts';
import { readCollection } from '../readers/collection.ts';
import { type MoleculeSet, targetOf } from '../set.ts';
import { columnsOf } from '../setColumns.ts';
import { officialSizes, type SplitSizes } from '../split.ts';
import { contentsOf } from '../suit.ts';
import { writeColumns } from './columnFile.ts';
import { datasetFolder, fileSource } from './dataFolder.ts';
import { type Manifest, manifestName, moleculesName } from './imported.ts';
import { importQm9 } from './importQm9.ts';
import { replaceFolder } from './replaceFolder.ts';

export interface ImportRequest {
  /** What the data set is called from then on; a data set of that name imported earlier is replaced. */
  readonly name: string;
  /** Paths. */
  readonly files: readonly string[];
  /** Only these targets, the first being the one trained on where none is named; all where left out. */
  readonly targets?: readonly string[];
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

function targetsOf(set: MoleculeSet, wanted: readonly string[] | undefined): MoleculeSet['targets'] {
  if (!wanted) return set.targets;
  return Object.fromEntries(wanted.map((name) => [name, targetOf(set, name)]));
}

function manifestOf(name: string, set: MoleculeSet, files: Manifest['files'], wanted: boolean): Manifest {
  const card = name === zinc.name ? zinc : undefined;
  const targets = Object.entries(set.targets).map(([target, { unit }]) => {
    const known = card?.targets.find((other) => other.name === target);
    return known ?? { name: target, title: target, unit, description: `The column "${target}".` };
  });
  const [first] = targets;
  if (!first) {
    throw new InputError(
      'These files give their molecules no number to train on. Add a column of numbers (a .csv beside an .sdf or .xyz, ' +
        'a data item, a key of the comment line, "y").',
    );
  }
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
    defaultTarget: (wanted ? first : (chosen ?? first)).name,
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

/**
 * Make a data set in the data folder from a person's own files (see `readCollection` for what they may be; QM9's
 * official files under the name "qm9" stay as they are, see `importQm9`). All files are read through first; the data set
 * is there at once and whole, or not at all.
 *
 * @throws InputError naming file, place and mend; the data folder is then as it was
 */
export async function importMolecules(request: ImportRequest, dataFolder: string): Promise<ImportReport> {
  const { name, files, targets: wanted } = request;
  if (name === 'qm9') {
    const set = await importQm9(files, dataFolder);
    const qm9 = builtInDatasets.find((dataset) => dataset.name === name);
    return { ...reportOf(name, set), targets: qm9?.targets ?? [], notes: [] };
  }
  checkName(name);
  const folder = datasetFolder(dataFolder, name);
  const found = await readCollection(files.map(fileSource));
  const all = named(found.set, name);
  const set = { ...all, targets: targetsOf(all, wanted) };
  const sizes = await Promise.all(
    files.map(async (path) => ({ name: basename(path), bytes: (await stat(path)).size })),
  );
  const manifest = manifestOf(name, set, sizes, wanted !== undefined);
  await replaceFolder(folder, async (coming) => {
    await writeColumns(join(coming, moleculesName), {}, columnsOf(set));
    await writeManifest(join(coming, manifestName), manifest);
  });
  return { ...reportOf(name, set), targets: manifest.targets, notes: found.notes };
}

function reportOf(name: string, set: MoleculeSet): Omit<ImportReport, 'targets' | 'notes'> {
  return {
    name,
    molecules: set.size,
    atoms: set.atomicNumbers.length,
    split: officialSizes(set.parts),
  };
}
