import { decode, InputError } from '@litmatter/protocol';
import { z } from 'zod';
import { SetBuilder } from '../builder.ts';
import { readAll, type Source } from '../readers/source.ts';
import type { MoleculeSet } from '../set.ts';

/*
 * The file the bundled data set is kept in (bundled/make/pack.py writes it), under gzip: a little-endian uint32, the
 * length of a JSON header; the header; the columns it lists. A column of n values of b bytes is b planes of n bytes,
 * lowest first, of little-endian two's-complement integers; a value is integer x scale.
 */
const columnHead = z.object({
  name: z.string(),
  bytes: z.number().int().min(1).max(4),
  length: z.number().int().nonnegative(),
  scale: z.number().positive(),
  unit: z.string().optional(),
});

const header = z.object({
  format: z.literal('litmatter molecules 1'),
  molecules: z.number().int().positive(),
  columns: z.array(columnHead),
});

type ColumnHead = z.infer<typeof columnHead>;

/** The integers of one column, from its planes. */
function integers(bytes: Uint8Array, from: number, { bytes: planes, length }: ColumnHead): Int32Array {
  const values = new Int32Array(length);
  for (let plane = 0; plane < planes; plane++) {
    const first = from + plane * length;
    for (let i = 0; i < length; i++) values[i] |= bytes[first + i] << (8 * plane);
  }
  // Carry the sign of the highest byte up to bit 31.
  const unused = 32 - 8 * planes;
  for (let i = 0; i < length; i++) values[i] = (values[i] << unused) >> unused;
  return values;
}

interface Column {
  readonly head: ColumnHead;
  readonly integers: Int32Array;
}

/** The header of an unpacked file, and where its columns begin. */
function headerOf(name: string, bytes: Uint8Array): z.infer<typeof header> & { readonly end: number } {
  const damaged = `${name} is damaged: get it again`;
  const headerLength =
    bytes.length >= 4 ? new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true) : Infinity;
  if (4 + headerLength > bytes.length) throw new InputError(`${damaged}.`);
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + headerLength)));
  } catch {
    throw new InputError(`${damaged}; its header is not JSON.`);
  }
  return { ...decode(header, json, name), end: 4 + headerLength };
}

function columnsOf(name: string, bytes: Uint8Array): { molecules: number; columns: Map<string, Column> } {
  const { columns: heads, molecules, end: first } = headerOf(name, bytes);
  const columns = new Map<string, Column>();
  let at = first;
  for (const head of heads) {
    const end = at + head.bytes * head.length;
    if (end > bytes.length) {
      throw new InputError(`${name} is damaged: the column "${head.name}" is not whole. Get it again.`);
    }
    columns.set(head.name, { head, integers: integers(bytes, at, head) });
    at = end;
  }
  if (at !== bytes.length) {
    throw new InputError(`${name} is damaged: it is longer than its header says. Get it again.`);
  }
  return { molecules, columns };
}

/** How many molecules a .litmol file holds, without reading them. @throws InputError */
export async function litmolSize(source: Source): Promise<number> {
  return headerOf(source.name, await readAll(source)).molecules;
}

/** Read a .litmol file. Every molecule has positions, bonds, charges and the file's targets. @throws InputError */
export async function readLitmol(source: Source): Promise<MoleculeSet> {
  const { molecules, columns } = columnsOf(source.name, await readAll(source));
  const column = (name: string, length?: number): Column => {
    const found = columns.get(name);
    if (found && (length === undefined || found.integers.length === length)) return found;
    throw new InputError(
      `${source.name} is damaged: the column "${name}" is missing or of the wrong length. Get it again.`,
    );
  };
  const total = (values: Int32Array) => values.reduce((sum, value) => sum + value, 0);
  const atomCounts = column('atoms', molecules).integers;
  const bondCounts = column('bonds', molecules).integers;
  const atoms = total(atomCounts);
  const bonds = total(bondCounts);
  const [x, y, z] = ['x', 'y', 'z'].map((name) => column(name, atoms));
  const numbers = column('number', atoms).integers;
  const charges = column('charge', atoms);
  const [from, to, order] = ['from', 'to', 'order'].map((name) => column(name, bonds).integers);
  const ids = new TextDecoder().decode(Uint8Array.from(column('id').integers)).split('\n');
  const targets = [...columns.values()]
    .filter(({ head }) => head.name.startsWith('target:'))
    .map(({ head }) => ({ ...column(head.name, molecules), name: head.name.slice('target:'.length) }));

  const builder = new SetBuilder({
    geometry: true,
    targets: targets.map(({ name, head }) => ({ name, unit: head.unit ?? '' })),
  });
  let atom = 0;
  let bond = 0;
  for (let m = 0; m < molecules; m++) {
    builder.begin(ids[m] ?? '', m);
    for (const last = atom + atomCounts[m]; atom < last; atom++) {
      const place = ({ head, integers }: Column) => integers[atom] * head.scale;
      builder.atom(numbers[atom], place(x), place(y), place(z));
    }
    for (const last = bond + bondCounts[m]; bond < last; bond++)
      builder.bond(from[bond], to[bond], order[bond]);
    for (const [t, target] of targets.entries()) {
      builder.target(t, target.integers[m] * target.head.scale);
    }
    builder.end(`${source.name}, molecule ${m + 1} ("${ids[m]}")`);
  }
  const charge = Float32Array.from(charges.integers, (value) => value * charges.head.scale);
  return { ...builder.build(), atomColumns: { charge } };
}
