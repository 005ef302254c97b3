import { InputError } from '@litmatter/protocol';
import type { GraphSpec } from '../batch.ts';
import type { MoleculeSet } from '../set.ts';
import { suitMolecules } from '../suit.ts';
import { readGraphs } from './graphs.ts';
import { readSdf } from './sdf.ts';
import { readSmi, readSmilesCsv } from './smilesTable.ts';
import type { Source } from './source.ts';
import { readXyz } from './xyz.ts';

/** A reader for each ending of a file name. */
const readers: Readonly<Record<string, (source: Source) => Promise<MoleculeSet>>> = {
  sdf: (source) => readSdf(source),
  sd: (source) => readSdf(source),
  mol: (source) => readSdf(source),
  xyz: (source) => readXyz(source),
  extxyz: (source) => readXyz(source),
  csv: async (source) => (await readSmilesCsv(source)).set,
  smi: readSmi,
  jsonl: readGraphs,
};

/** The ending of a file's name, in lower case and without .gz; "" where it has none. */
export function fileEnding(name: string): string {
  return /\.([a-z0-9]+)(\.gz)?$/.exec(name.toLowerCase())?.[1] ?? '';
}

/**
 * Read molecules from a file of any known format, told by its name (which may end in .gz): .sdf, .sd, .mol, .xyz,
 * .extxyz, .csv with a column of SMILES, .smi, .jsonl graphs.
 *
 * @param graph - of the model they are for: they are then suited to it (see `suitMolecules`)
 * @throws InputError for an unknown ending, a malformed file, or molecules that lack what the graph needs
 */
export async function readMolecules(source: Source, graph?: GraphSpec): Promise<MoleculeSet> {
  const ending = fileEnding(source.name);
  const reader = Object.hasOwn(readers, ending) ? readers[ending] : undefined;
  if (!reader) {
    const known = Object.keys(readers).map((name) => `.${name}`);
    throw new InputError(
      `${source.name} is of no kind that can be read. Give a file that ends in ${known.join(', ')} (or one of them and .gz).`,
    );
  }
  const set = await reader(source);
  if (!graph) return set;
  try {
    return suitMolecules(set, graph);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`${source.name}: ${error.message}`);
  }
}
