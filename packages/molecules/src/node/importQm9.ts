import { copyFile, open } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { InputError } from '@litmatter/protocol';
import { qm9FileNames } from '../datasets/qm9.ts';
import { readQm9 } from '../readers/qm9.ts';
import type { MoleculeSet } from '../set.ts';
import { datasetFolder, fileSource } from './dataFolder.ts';
import { replaceFolder } from './replaceFolder.ts';

/** Which of the three files a path is, by its name; undefined where it is none of them. */
function kindOf(path: string): (typeof qm9FileNames)[number] | undefined {
  const name = basename(path).toLowerCase().replace(/\.gz$/, '');
  if (name.endsWith('.csv')) return 'gdb9.sdf.csv';
  if (name.endsWith('.sdf')) return 'gdb9.sdf';
  return name.endsWith('.txt') ? 'uncharacterized.txt' : undefined;
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}

/** The three files among some paths. @throws InputError naming what is missing or does not belong */
function qm9Files(paths: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const path of paths) {
    const kind = kindOf(path);
    if (!kind) throw new InputError(`${path} is none of QM9's files: give ${qm9FileNames.join(', ')}.`);
    const other = found.get(kind);
    if (other) throw new InputError(`${other} and ${path} are both a ${kind}. Give one of them.`);
    found.set(kind, path);
  }
  const missing = qm9FileNames.filter((name) => !found.has(name));
  if (missing.length > 0) {
    throw new InputError(`QM9 needs ${qm9FileNames.join(', ')}; ${missing.join(' and ')} is not given.`);
  }
  return found;
}

/**
 * Read the official files of QM9 through: an .sdf, a .csv and uncharacterized.txt, gzipped or not.
 *
 * @throws InputError naming what is missing or wrong
 */
export async function readQm9Files(
  paths: readonly string[],
  onRead?: (bytes: number) => void,
): Promise<MoleculeSet> {
  const found = qm9Files(paths);
  const [sdf, csv, uncharacterised] = qm9FileNames.map((name) =>
    fileSource(found.get(name) as string, onRead),
  );
  return readQm9({ sdf, csv, uncharacterised });
}

/** Take files that `readQm9Files` has read into the data folder, all three at once. @throws InputError as it does */
export async function keepQm9Files(paths: readonly string[], dataFolder: string): Promise<void> {
  await replaceFolder(datasetFolder(dataFolder, 'qm9'), async (coming) => {
    for (const [name, path] of qm9Files(paths)) {
      await copyFile(path, join(coming, (await isGzip(path)) ? `${name}.gz` : name));
    }
  });
}

/**
 * Take the official files of QM9 into the data folder. They are read through first; only files that are whole and
 * belong together are copied.
 *
 * @returns the set they hold
 * @throws InputError naming what is missing or wrong; the data folder is then as it was
 */
export async function importQm9(paths: readonly string[], dataFolder: string): Promise<MoleculeSet> {
  const set = await readQm9Files(paths);
  await keepQm9Files(paths, dataFolder);
  return set;
}
