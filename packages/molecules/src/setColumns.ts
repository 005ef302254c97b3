import type { Columns } from './columns.ts';
import type { MoleculeSet } from './set.ts';

const targetPrefix = 'target:';
const atomPrefix = 'atom:';

/** A set as the columns of a file. */
export function columnsOf(set: MoleculeSet): Columns {
  const { size: _size, positions, parts, targets, atomColumns, ...columns } = set;
  return {
    ...columns,
    ...(positions && { positions }),
    ...(parts && { parts }),
    ...Object.fromEntries(Object.entries(targets).map(([name, { values }]) => [targetPrefix + name, values])),
    ...Object.fromEntries(Object.entries(atomColumns).map(([name, values]) => [atomPrefix + name, values])),
  };
}

/** A column of a type. */
function take<T>(columns: Columns, name: string, type: new (...args: never[]) => T): T {
  const column: unknown = columns[name];
  if (!(column instanceof type)) throw new Error(`there is no column ${name}`);
  return column;
}

/** The set that `columnsOf` made into columns. @throws Error where a column is missing or of another type */
export function setOf(columns: Columns, units: Readonly<Record<string, string>>): MoleculeSet {
  const prefixed = (prefix: string) =>
    Object.keys(columns)
      .filter((name) => name.startsWith(prefix))
      .map((name) => [name.slice(prefix.length), take(columns, name, Float32Array)] as const);
  const sourceIndex = take(columns, 'sourceIndex', Uint32Array);
  return {
    size: sourceIndex.length,
    atomOffsets: take(columns, 'atomOffsets', Uint32Array),
    atomicNumbers: take(columns, 'atomicNumbers', Uint8Array),
    positions: columns.positions ? take(columns, 'positions', Float32Array) : null,
    bondOffsets: take(columns, 'bondOffsets', Uint32Array),
    bonds: take(columns, 'bonds', Uint16Array),
    bondOrders: take(columns, 'bondOrders', Uint8Array),
    idOffsets: take(columns, 'idOffsets', Uint32Array),
    idBytes: take(columns, 'idBytes', Uint8Array),
    sourceIndex,
    ...(columns.parts && { parts: take(columns, 'parts', Uint8Array) }),
    targets: Object.fromEntries(
      prefixed(targetPrefix).map(([name, values]) => [name, { unit: units[name] ?? '', values }]),
    ),
    atomColumns: Object.fromEntries(prefixed(atomPrefix)),
  };
}
