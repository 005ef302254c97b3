import { InputError } from '@litmatter/protocol';
import { SetBuilder } from '../builder.ts';
import { atomTypeColumn, type MoleculeSet } from '../set.ts';
import { partCode, partOf, splitColumn } from './parts.ts';
import { loadSmilesParser } from './smiles.ts';
import { eachLine, type Source } from './source.ts';
import { columnNamed, type FoundTarget, idColumn, numberColumns, readTable, type Table } from './table.ts';

/** What a reader found in a file, and what it has to say about it. */
export interface FoundMolecules {
  readonly set: MoleculeSet;
  readonly notes: readonly string[];
}

/** The column of SMILES; -1 where a table has none. */
export function smilesColumn(table: Table): number {
  return columnNamed(table, 'smiles', 'canonical_smiles');
}

interface Row {
  readonly smiles: string;
  readonly id: string;
  readonly line: number;
}

/** A set of all rows. Every row must be usable: were one left out, index files and splits would point elsewhere. */
async function build(
  name: string,
  rows: readonly Row[],
  targets: readonly FoundTarget[],
): Promise<MoleculeSet> {
  const parse = await loadSmilesParser();
  const builder = new SetBuilder({ geometry: false, targets });
  const types: number[] = [];
  const wrong: string[] = [];
  for (const [index, { smiles, id, line }] of rows.entries()) {
    const graph = parse(smiles);
    if (typeof graph === 'string') {
      wrong.push(`${name}, line ${line}: "${smiles.slice(0, 80)}" ${graph}.`);
      continue;
    }
    builder.begin(id, index);
    for (const number of graph.atomicNumbers) builder.atom(number, 0, 0, 0);
    for (const type of graph.types) types.push(type);
    for (const [a, b, order] of graph.bonds) builder.bond(a, b, order);
    for (const [t, { values }] of targets.entries()) builder.target(t, values[index]);
    builder.end(`${name}, line ${line}`);
  }
  if (wrong.length > 0) {
    const others = wrong.length === 1 ? '' : ` So it is with ${wrong.length} of ${rows.length} molecules.`;
    throw new InputError(`${wrong[0]}${others} Correct the file, or leave such molecules out.`);
  }
  return { ...builder.build(), atomColumns: { [atomTypeColumn]: Float32Array.from(types) } };
}

/** As `readSmilesCsv`, of a table read already. @throws InputError */
export async function smilesMolecules(table: Table): Promise<FoundMolecules> {
  const smiles = smilesColumn(table);
  if (smiles < 0) {
    throw new InputError(
      `${table.name} has no column "smiles"; it has ${table.header.join(', ')}. Name the column of SMILES "smiles".`,
    );
  }
  const id = idColumn(table);
  const split = splitColumn(table);
  const { targets, notes } = numberColumns(table, [smiles, id, split]);
  const rows = table.rows.map((row, r) => ({
    smiles: row[smiles].trim(),
    id: row[id < 0 ? smiles : id].trim(),
    line: table.lines[r],
  }));
  const set = await build(table.name, rows, targets);
  const parts = split < 0 ? undefined : Uint8Array.from(table.rows, (row) => partCode(partOf(row[split])));
  return { set: { ...set, ...(parts && { parts }) }, notes };
}

/**
 * Read a CSV file (gzipped or not) with a column `smiles`: molecules without hydrogens and positions, atoms with ZINC's
 * type ids, aromatic rings written with single and double bonds. Columns of numbers become targets, their units taken
 * from names such as "gap [eV]"; a column `split` of train, val and test becomes the set's own split. A molecule's name
 * is its `id` or `name`, or else its SMILES. About 10,000 drug-like molecules a second.
 *
 * @throws InputError naming file, line and the mend; nothing of a bad file is returned
 */
export async function readSmilesCsv(source: Source): Promise<FoundMolecules> {
  return smilesMolecules(await readTable(source));
}

async function smiRows(source: Source): Promise<Row[]> {
  const rows: Row[] = [];
  await eachLine(source, (text, line) => {
    const [smiles, ...name] = text.trim().split(/\s+/);
    if (smiles !== '') rows.push({ smiles, id: name.join(' ') || smiles, line });
  });
  return rows;
}

/**
 * The SMILES of a .smi file, or of a .csv file with a column of them: one for each molecule that the readers make of it,
 * in the same order. Null where the file has none.
 */
export async function readSmilesTexts(source: Source): Promise<readonly string[] | null> {
  const name = source.name.toLowerCase();
  if (/\.smi(\.gz)?$/.test(name)) return (await smiRows(source)).map(({ smiles }) => smiles);
  if (!/\.csv(\.gz)?$/.test(name)) return null;
  const table = await readTable(source);
  const column = smilesColumn(table);
  return column < 0 ? null : table.rows.map((row) => row[column].trim());
}

/** Read a .smi file: on each line a SMILES and, after a space, perhaps a name. @throws InputError as `readSmilesCsv` */
export async function readSmi(source: Source): Promise<MoleculeSet> {
  const rows = await smiRows(source);
  if (rows.length === 0) throw new InputError(`${source.name} holds no molecules. Choose another file.`);
  return build(source.name, rows, []);
}
