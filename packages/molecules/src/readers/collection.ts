import { InputError } from '@litmatter/protocol';
import { joinMolecules } from '../join.ts';
import { type MoleculeSet, moleculeId, selectMolecules } from '../set.ts';
import { type SplitPart, splitParts } from '../split.ts';
import { readIndices } from './indices.ts';
import { fileEnding, readMolecules } from './molecules.ts';
import { partCode, partOfFile } from './parts.ts';
import { findSdfTargets, readSdf } from './sdf.ts';
import { type FoundMolecules, smilesColumn, smilesMolecules } from './smilesTable.ts';
import type { Source } from './source.ts';
import { idColumn, numberColumns, readTable, type Table } from './table.ts';
import { findXyzTargets, readXyz } from './xyz.ts';

/** Files by what they are for. */
interface Sorted {
  readonly molecules: (FoundMolecules & { readonly name: string; readonly part: SplitPart | undefined })[];
  readonly tables: Table[];
  readonly indices: Map<SplitPart, { readonly name: string; readonly places: Uint32Array }>;
}

async function withTargets(source: Source): Promise<FoundMolecules> {
  const ending = fileEnding(source.name);
  if (ending === 'sdf' || ending === 'sd') {
    return { set: await readSdf(source, { targets: await findSdfTargets(source) }), notes: [] };
  }
  if (ending === 'xyz' || ending === 'extxyz') {
    return { set: await readXyz(source, { targets: await findXyzTargets(source) }), notes: [] };
  }
  return { set: await readMolecules(source), notes: [] };
}

async function sorted(sources: readonly Source[]): Promise<Sorted> {
  const files: Sorted = { molecules: [], tables: [], indices: new Map() };
  for (const source of sources) {
    const { name } = source;
    const part = partOfFile(name);
    const ending = fileEnding(name);
    if (ending === 'csv') {
      const table = await readTable(source);
      if (smilesColumn(table) < 0) files.tables.push(table);
      else files.molecules.push({ ...(await smilesMolecules(table)), name, part });
    } else if (ending !== 'index') files.molecules.push({ ...(await withTargets(source)), name, part });
    else {
      const other = part && files.indices.get(part);
      if (!part || other) {
        throw new InputError(
          other
            ? `${name} and ${other.name} are both index files of the ${part} part. Give one of them.`
            : `${name}: the name of an index file must say its part: train, val or test. Rename it.`,
        );
      }
      files.indices.set(part, { name, places: await readIndices(source) });
    }
  }
  return files;
}

/** Which row of a table each molecule of a set has: by the molecules' names where the table has them, else in order. */
function rowsFor(set: MoleculeSet, table: Table, molecules: string): Uint32Array {
  const id = idColumn(table);
  if (id < 0) {
    if (table.rows.length === set.size) return Uint32Array.from({ length: set.size }, (_, m) => m);
    throw new InputError(
      `${table.name} has ${table.rows.length} rows and ${molecules} ${set.size} molecules. Give a row for each molecule, ` +
        'in the same order, or a column "id" with the molecules’ names.',
    );
  }
  const rows = new Map<string, number>();
  for (const [r, row] of table.rows.entries()) {
    const name = row[id].trim();
    if (rows.has(name)) {
      throw new InputError(
        `${table.name}, line ${table.lines[r]}: "${name}" stands there a second time. Leave one of the rows out.`,
      );
    }
    rows.set(name, r);
  }
  return Uint32Array.from({ length: set.size }, (_, m) => {
    const row = rows.get(moleculeId(set, m));
    if (row !== undefined) return row;
    throw new InputError(
      `${table.name} has no row for molecule ${m + 1} of ${molecules}, "${moleculeId(set, m)}". Add it, or remove the molecule.`,
    );
  });
}

function addTable(found: FoundMolecules & { readonly name: string }, table: Table): FoundMolecules {
  const { set } = found;
  const rows = rowsFor(set, table, found.name);
  const { targets, notes } = numberColumns(table, [idColumn(table)]);
  const twice = targets.find(({ name }) => Object.hasOwn(set.targets, name));
  if (twice) {
    throw new InputError(`${table.name} and ${found.name} both have "${twice.name}". Rename one of them.`);
  }
  const added = targets.map(({ name, unit, values }) => [
    name,
    { unit, values: Float32Array.from(rows, (r) => values[r]) },
  ]);
  return {
    set: { ...set, targets: { ...set.targets, ...Object.fromEntries(added) } },
    notes: [...found.notes, ...notes],
  };
}

/** Give each table's columns to the molecules they belong to: the only file of molecules, or the one of the same part. */
function addTables({ molecules, tables }: Sorted): Sorted['molecules'] {
  const all = [...molecules];
  for (const table of tables) {
    const part = partOfFile(table.name);
    const at = all.length === 1 ? 0 : all.findIndex((found) => part !== undefined && found.part === part);
    if (at < 0) {
      throw new InputError(
        `It cannot be told which molecules ${table.name} belongs to: it has no column "smiles", and no file of ` +
          'molecules is of the same part (train, val, test) by its name. Rename it, or import the files one by one.',
      );
    }
    all[at] = { ...all[at], ...addTable(all[at], table) };
  }
  return all;
}

/**
 * Keep of each part what its index file names, in that order. The places are those within the part where the files of
 * molecules say parts (a part without an index file is then kept whole); otherwise within all molecules, and the index
 * files alone say the parts.
 */
function pick(set: MoleculeSet, indices: Sorted['indices']): MoleculeSet {
  if (indices.size === 0) return set;
  const everyone = Uint32Array.from({ length: set.size }, (_, m) => m);
  const { parts } = set;
  const chosen: number[] = [];
  const codes: number[] = [];
  for (const part of splitParts) {
    const code = partCode(part);
    const members = parts ? everyone.filter((m) => parts[m] === code) : everyone;
    const file = indices.get(part);
    const places = file?.places ?? (parts ? members.map((_, k) => k) : new Uint32Array(0));
    const beyond = places.find((place) => place >= members.length);
    if (beyond !== undefined) {
      throw new InputError(
        `${file?.name} names the place ${beyond}, and there are ${members.length} molecules${parts ? ` in the ${part} part` : ''}. ` +
          'Give the files that the index was made for.',
      );
    }
    for (const place of places) {
      chosen.push(members[place]);
      codes.push(code);
    }
  }
  if (new Set(chosen).size < chosen.length) {
    throw new InputError('The index files put a molecule into two parts. Each may be in one part only.');
  }
  return { ...selectMolecules(set, chosen), parts: Uint8Array.from(codes) };
}

/**
 * Read the files of one data set together: molecules (.sdf, .xyz, .extxyz, .csv with a column of SMILES, .smi, .jsonl),
 * tables of further targets for them (.csv), and index files (.index). Each may be gzipped.
 *
 * Targets are the numbers that the files name: columns, data items of an SDF's records, keys of extended XYZ comments,
 * `y` of graphs. Where several files are named for parts ("train.jsonl", "val.jsonl", "test.jsonl"), a column `split`
 * says them, or index files pick them, the set has a split of its own. `notes` say what was passed over.
 *
 * @throws InputError for a file that is malformed, of no known kind, or does not belong to the others
 */
export async function readCollection(sources: readonly Source[]): Promise<FoundMolecules> {
  const files = await sorted(sources);
  if (files.molecules.length === 0) {
    throw new InputError(
      'None of these files holds molecules: give an .sdf, .xyz, .extxyz, .smi, .jsonl, or a .csv with a column "smiles".',
    );
  }
  const found = addTables(files);
  const sets = found.map(({ set, part }) => {
    // One file alone is all there is, whatever its name.
    if (set.parts || part === undefined || found.length === 1) return set;
    return { ...set, parts: new Uint8Array(set.size).fill(partCode(part)) };
  });
  const names = found.map(({ name }) => name);
  return {
    set: pick(joinMolecules(sets, names), files.indices),
    notes: found.flatMap(({ notes }) => notes),
  };
}
