import { z } from 'zod';

/*
 * Typed arrays in one file, laid out so that reading them is reading the file: no copy, no parsing.
 * Bytes 0-7 the magic word, 8-11 the version of the format, 12-15 the CRC-32 of all that follows byte 16 (uint32,
 * little-endian like the arrays), 16-19 the length of a JSON header, 20-23 zero; the header; every array at the next
 * multiple of 8.
 */
const magic = 'LITCOLS\n';
const version = 1;
const headAt = 24;

const constructors = { u8: Uint8Array, u16: Uint16Array, u32: Uint32Array, f32: Float32Array } as const;
type ColumnType = keyof typeof constructors;
export type ColumnArray = Uint8Array | Uint16Array | Uint32Array | Float32Array;
export type Columns = Readonly<Record<string, ColumnArray>>;

const header = z.object({
  meta: z.unknown(),
  columns: z.array(
    z.object({
      name: z.string(),
      type: z.enum(['u8', 'u16', 'u32', 'f32']),
      length: z.number().int().nonnegative(),
    }),
  ),
});

const types = Object.keys(constructors) as ColumnType[];

function typeOf(array: ColumnArray): ColumnType {
  return types.find((type) => array instanceof constructors[type]) as ColumnType;
}

const padded = (length: number) => Math.ceil(length / 8) * 8;

/** CRC-32 of some bytes, as zlib has it: Node's own where there is one, `crc32` elsewhere. */
export type Checksum = (bytes: Uint8Array) => number;

/** Such a file. `meta` is kept as JSON. */
export function encodeColumns(meta: unknown, columns: Columns, checksum: Checksum): Uint8Array<ArrayBuffer> {
  const list = Object.entries(columns).map(([name, array]) => ({ name, array, type: typeOf(array) }));
  const heads = list.map(({ name, array, type }) => ({ name, type, length: array.length }));
  const head = new TextEncoder().encode(JSON.stringify({ meta, columns: heads }));
  const total = list.reduce((sum, { array }) => sum + padded(array.byteLength), padded(headAt + head.length));
  const bytes = new Uint8Array(total);
  bytes.set(new TextEncoder().encode(magic));
  bytes.set(head, headAt);
  let at = padded(headAt + head.length);
  for (const { array } of list) {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
    at += padded(array.byteLength);
  }
  const view = new DataView(bytes.buffer);
  view.setUint32(8, version, true);
  view.setUint32(16, head.length, true);
  view.setUint32(12, checksum(bytes.subarray(16)), true);
  return bytes;
}

/** The arrays of such a file, as views of its bytes; null where it is broken or of another version. */
export function decodeColumns(
  bytes: Uint8Array<ArrayBuffer>,
  checksum: Checksum,
): { meta: unknown; columns: Columns } | null {
  if (bytes.length < headAt || new TextDecoder().decode(bytes.subarray(0, 8)) !== magic) return null;
  const view = new DataView(bytes.buffer);
  if (view.getUint32(8, true) !== version) return null;
  if (view.getUint32(12, true) !== checksum(bytes.subarray(16))) return null;
  const headLength = view.getUint32(16, true);
  const { meta, columns: heads } = header.parse(
    JSON.parse(new TextDecoder().decode(bytes.subarray(headAt, headAt + headLength))),
  );
  const columns: Record<string, ColumnArray> = {};
  let at = padded(headAt + headLength);
  for (const { name, type, length } of heads) {
    columns[name] = new constructors[type](bytes.buffer, at, length);
    at += padded(columns[name].byteLength);
  }
  return { meta, columns };
}
