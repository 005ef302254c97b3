import { readdir } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { decode, InputError, registryName, targetCard } from '@litmatter/protocol';
import { z } from 'zod';
import { decodeColumns } from '../columns.ts';
import { type DatasetDefinition, defineDataset } from '../datasets/dataset.ts';
import { readAll, readText } from '../readers/source.ts';
import type { MoleculeSet } from '../set.ts';
import { setOf } from '../setColumns.ts';
import { dataFolderDatasets } from './dataFolder.ts';

/** What an imported data set's folder holds: what it is, and its molecules. */
export const manifestName = 'dataset.json';
export const moleculesName = 'molecules.columns';

const count = z.number().int().nonnegative();

export const manifestSchema = z.object({
  format: z.literal('litmatter data set 1'),
  name: registryName,
  title: z.string(),
  description: z.string(),
  licence: z.string(),
  source: z.string(),
  molecules: count,
  targets: z.array(targetCard).min(1),
  defaultTarget: registryName,
  /** Sizes of the set's own split; null where it has none. */
  split: z.object({ train: count, validation: count, test: count }).nullable(),
  /** What its molecules have; imports were once written without it. */
  contents: z.object({ positions: z.boolean(), bonds: z.boolean() }).optional(),
  /** The files it was imported from. */
  files: z.array(z.object({ name: z.string(), bytes: count })),
});

export type Manifest = z.infer<typeof manifestSchema>;

function damaged(name: string): InputError {
  return new InputError(`The data set "${name}" is damaged in its folder. Import its files again.`);
}

async function readMolecules(bytes: Uint8Array<ArrayBuffer>, manifest: Manifest): Promise<MoleculeSet> {
  const units = Object.fromEntries(manifest.targets.map(({ name, unit }) => [name, unit]));
  try {
    const file = decodeColumns(bytes, crc32);
    const set = file && setOf(file.columns, units);
    if (set?.size === manifest.molecules) return set;
  } catch {
    // As any other damage.
  }
  throw damaged(manifest.name);
}

/** An imported data set, by what its folder says of it. */
function definitionOf(manifest: Manifest): DatasetDefinition {
  const { name, title, description, licence, source, targets, defaultTarget, molecules, split, contents } =
    manifest;
  return defineDataset({
    name,
    title,
    description,
    licence,
    source,
    options: z.strictObject({}),
    targets,
    defaultTarget,
    async status(context) {
      const file = await context.open(name, moleculesName);
      return {
        available: file !== null,
        molecules,
        bytes: file?.bytes ?? null,
        mend: file ? null : damaged(name).message,
        fingerprint: file?.stamp ?? null,
        split,
        ...(contents && { contents }),
      };
    },
    async load(context) {
      const file = await context.open(name, moleculesName);
      if (!file) throw damaged(name);
      return readMolecules(await readAll(file.source), manifest);
    },
  });
}

/**
 * The data sets imported into a data folder, by name. Folders that hold none, or one that is not whole, are passed over:
 * an import never leaves one, and a further import of the same name mends it.
 */
export async function importedDatasets(dataFolder: string): Promise<DatasetDefinition[]> {
  const context = dataFolderDatasets(dataFolder);
  const folders = await readdir(dataFolder, { withFileTypes: true }).catch(() => []);
  const names = folders
    .filter((folder) => folder.isDirectory() && registryName.safeParse(folder.name).success)
    .map(({ name }) => name)
    .sort();
  const found: DatasetDefinition[] = [];
  for (const name of names) {
    const file = await context.open(name, manifestName);
    if (!file) continue;
    try {
      const manifest = decode(manifestSchema, JSON.parse(await readText(file.source)), manifestName);
      // The folder of an import that was cut off has another name than its data set.
      if (manifest.name === name) found.push(definitionOf(manifest));
    } catch {
      // Not whole.
    }
  }
  return found;
}

/** All data sets there are: those defined, and those in the data folder, which take the place of a card of their name. */
export async function allDatasets(
  definitions: readonly DatasetDefinition[],
  dataFolder: string,
): Promise<DatasetDefinition[]> {
  const imported = await importedDatasets(dataFolder);
  const byName = new Map([...definitions, ...imported].map((definition) => [definition.name, definition]));
  return [...byName.values()];
}
