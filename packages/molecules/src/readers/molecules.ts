import { InputError } from '@litmatter/protocol';
import type { MoleculeSet } from '../set.ts';
import { readSdf } from './sdf.ts';
import type { Source } from './source.ts';
import { readXyz } from './xyz.ts';

/** A reader for each ending of a file name. */
const readers: Readonly<Record<string, (source: Source) => Promise<MoleculeSet>>> = {
  sdf: readSdf,
  sd: readSdf,
  mol: readSdf,
  xyz: readXyz,
  extxyz: readXyz,
};

/**
 * Read molecules from a file of any known format, told by its name (which may end in .gz).
 *
 * @throws InputError for an unknown ending, or a malformed file
 */
export async function readMolecules(source: Source): Promise<MoleculeSet> {
  const ending = /\.([a-z0-9]+)(\.gz)?$/.exec(source.name.toLowerCase())?.[1] ?? '';
  const reader = Object.hasOwn(readers, ending) ? readers[ending] : undefined;
  if (reader) return reader(source);
  const known = Object.keys(readers).map((name) => `.${name}`);
  throw new InputError(
    `${source.name} is of no kind that can be read. Give a file that ends in ${known.join(', ')} (or one of them and .gz).`,
  );
}
