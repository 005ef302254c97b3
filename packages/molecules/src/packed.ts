import { decode, InputError } from '@litmatter/protocol';
import { z } from 'zod';
import { type Checksum, decodeColumns, encodeColumns } from './columns.ts';
import { crc32 } from './crc32.ts';
import type { MoleculeSet } from './set.ts';
import { columnsOf, setOf } from './setColumns.ts';
import type { SplitSizes } from './split.ts';

/** Molecules on their way from the hub to a page: those a split takes, first its training part, then the others. */
export interface PackedMolecules {
  readonly set: MoleculeSet;
  readonly parts: SplitSizes;
}

const part = z.number().int().nonnegative();
const metaSchema = z.object({
  units: z.record(z.string(), z.string()),
  parts: z.object({ train: part, validation: part, test: part }),
});

/** @param checksum - Node's zlib has a faster one than ours */
export function packMolecules(
  { set, parts }: PackedMolecules,
  checksum: Checksum = crc32,
): Uint8Array<ArrayBuffer> {
  const units = Object.fromEntries(Object.entries(set.targets).map(([name, { unit }]) => [name, unit]));
  return encodeColumns({ units, parts }, columnsOf(set), checksum);
}

/** @throws InputError where they did not come whole */
export function unpackMolecules(bytes: Uint8Array<ArrayBuffer>, what: string): PackedMolecules {
  const file = decodeColumns(bytes, crc32);
  if (!file) throw new InputError(`${what} did not come whole. Try it again.`);
  const { units, parts } = decode(metaSchema, file.meta, what);
  const set = setOf(file.columns, units);
  if (parts.train + parts.validation + parts.test !== set.size) {
    throw new InputError(`${what}: its parts are not of its ${set.size} molecules. Try it again.`);
  }
  return { set, parts };
}
