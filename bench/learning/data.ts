import { closeSync, existsSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type MoleculeSet,
  moleculeAt,
  readQm9,
  splitMolecules,
  targetStatistics,
} from '@litmatter/molecules';
import { fileSource } from '@litmatter/molecules/node';
import { epochShare } from '@litmatter/training';
import { type Cell, molecules, split, target } from './cells.ts';

/** QM9's three files under the names they have in some folder, gzipped or not. */
const names = {
  sdf: ['gdb9.sdf', 'qm9_subset.sdf.gz'],
  csv: ['gdb9.sdf.csv', 'qm9_subset.sdf.csv.gz'],
  uncharacterised: ['uncharacterized.txt'],
} as const;

/** Where real QM9 molecules stand beside the checkout, on the machines that have them. */
export const defaultFolder = fileURLToPath(new URL('../../../shared/data/qm9', import.meta.url));

function pathOf(folder: string, kind: keyof typeof names): string {
  const found = names[kind].map((name) => join(folder, name)).find((path) => existsSync(path));
  if (found !== undefined) return found;
  process.stderr.write(
    `There is no ${names[kind].join(' or ')} in ${folder}: name a folder with QM9's official files by --qm9 FOLDER.\n`,
  );
  process.exit(3);
}

export async function readMolecules(folder: string): Promise<MoleculeSet> {
  const source = (kind: keyof typeof names) => fileSource(pathOf(folder, kind));
  return readQm9({
    sdf: source('sdf'),
    csv: source('csv'),
    uncharacterised: source('uncharacterised'),
  });
}

/** Places in the set of the molecules to train on and to validate with. */
export function splitOf(set: MoleculeSet) {
  const { train, validation } = splitMolecules(set.size, split, molecules);
  return { train, validation, ...targetStatistics(set, target, train) };
}

/** Molecules as JSON lines, for whoever reads no QM9: { z, positions, bonds, y }. */
export function writeMolecules(path: string, set: MoleculeSet, places: Iterable<number>): void {
  const file = openSync(path, 'w');
  for (const m of places) {
    const { atomicNumbers: z, positions, bonds, targets } = moleculeAt(set, m);
    writeSync(file, `${JSON.stringify({ z, positions, bonds, y: targets?.[target] })}\n`);
  }
  closeSync(file);
}

/** The order of each epoch, as one rank with this seed has it. */
export function writeOrder(path: string, { seed, batch, epochs }: Cell, samples: number): void {
  const shape = { samples, ranks: 1, batch, rank: 0, seed };
  const orders = Array.from({ length: epochs }, (_, epoch) => epochShare(shape, epoch + 1).order);
  writeFileSync(path, Buffer.concat(orders.map((order) => Buffer.from(order.buffer))));
}
