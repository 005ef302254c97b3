import { InputError } from '@litmatter/protocol';
import { eachCsvRow } from './csv.ts';
import { decimalOf } from './number.ts';
import { readText, type Source } from './source.ts';

/** A CSV file as it stands. */
export interface Table {
  /** The file's name. */
  readonly name: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Each row's line in the file. */
  readonly lines: readonly number[];
}

/** Read a CSV file with a header and at least one row. @throws InputError naming file and line */
export async function readTable(source: Source): Promise<Table> {
  let header: readonly string[] = [];
  const rows: (readonly string[])[] = [];
  const lines: number[] = [];
  eachCsvRow(
    source.name,
    await readText(source),
    (columns) => {
      header = columns;
    },
    (fields, line) => {
      rows.push(fields);
      lines.push(line);
    },
  );
  if (rows.length === 0)
    throw new InputError(`${source.name} has a header and no rows. Choose another file.`);
  return { name: source.name, header, rows, lines };
}

/** The column called by one of some names, in any case; -1 where there is none. */
export function columnNamed(table: Table, ...names: readonly string[]): number {
  return table.header.findIndex((column) => names.includes(column.toLowerCase()));
}

/** The column that names the rows' molecules; -1 where there is none. */
export function idColumn(table: Table): number {
  return columnNamed(table, 'id', 'mol_id', 'molecule_id', 'name', 'title', 'zinc_id', 'compound_id');
}

/** "gap [eV]" and "gap (eV)" are a name and a unit; what a name may not hold becomes "_". */
export function nameAndUnit(text: string): { readonly name: string; readonly unit: string } {
  const [, label, square, round] = /^(.+?)\s*(?:\[([^[\]]*)\]|\(([^()]*)\))?\s*$/s.exec(text) ?? [];
  const name = (label || text)
    .replace(/[^A-Za-z0-9._-]+/g, '_')
    .replace(/^[^A-Za-z0-9]+|_+$/g, '')
    .slice(0, 64);
  return { name, unit: (square ?? round ?? '').trim().slice(0, 40) };
}

/** A named value of each record or frame that becomes a target. */
export interface TargetField {
  readonly name: string;
  readonly unit: string;
  /** What the file calls it, where that is not its name. */
  readonly field?: string;
}

/** Those of some named texts that are numbers. */
export function numberFields(fields: ReadonlyMap<string, string>): TargetField[] {
  return [...fields]
    .filter(([, text]) => Number.isFinite(Math.fround(decimalOf(text))))
    .map(([field]) => ({ ...nameAndUnit(field), field }))
    .filter(({ name }, at, all) => name !== '' && all.findIndex((other) => other.name === name) === at);
}

/** A column of numbers. */
export interface FoundTarget {
  readonly name: string;
  readonly unit: string;
  /** One a row. */
  readonly values: Float64Array;
}

/** Row numbers, as data frames write them: never a target. */
const rowNumber = /^$|^unnamed: ?\d+$|(^|[_ ])(index|idx)$/i;

/**
 * The columns of a table that are numbers in every row, with the units their names give. `notes` say of each other one
 * why it is no target.
 *
 * @param except - columns that are something else
 * @throws InputError where two of them have one name
 */
export function numberColumns(
  table: Table,
  except: readonly number[],
): { readonly targets: readonly FoundTarget[]; readonly notes: readonly string[] } {
  const targets: FoundTarget[] = [];
  const notes: string[] = [];
  for (const [c, header] of table.header.entries()) {
    if (except.includes(c) || rowNumber.test(header)) continue;
    const values = Float64Array.from(table.rows, (row) => decimalOf(row[c]));
    const odd = values.findIndex((value) => !Number.isFinite(Math.fround(value)));
    const { name, unit } = nameAndUnit(header);
    if (odd >= 0 || name === '') {
      const text = table.rows[Math.max(odd, 0)][c].slice(0, 40);
      notes.push(`The column "${header}" is no target: line ${table.lines[Math.max(odd, 0)]} has "${text}".`);
      continue;
    }
    if (targets.some((target) => target.name === name)) {
      throw new InputError(`${table.name}, line 1: two columns are called "${name}". Rename one of them.`);
    }
    targets.push({ name, unit, values });
  }
  return { targets, notes };
}
