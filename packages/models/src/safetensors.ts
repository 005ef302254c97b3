/**
 * The safetensors format (version 0.4 and on): eight bytes with the header's length, little-endian; a JSON header that
 * gives each tensor its type, shape and stretch of the data; the data, row-major and little-endian, without gaps.
 */
import { decode, InputError } from '@litmatter/protocol';
import { z } from 'zod';

/** Bytes of an element of each type that is read here. PyTorch writes the last for counters of batches. */
const elementBytes = { F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8 } as const;

export type ElementType = keyof typeof elementBytes;

/** A tensor of a file: its bytes stay where they are until `tensorValues` reads them. */
export interface StoredTensor {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

export interface TensorFile {
  /** In the data's order. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** `__metadata__`: strings by name. */
  readonly metadata: ReadonlyMap<string, string>;
}

/** A tensor to write: whole numbers (I64) or float32. */
export interface NewTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array | BigInt64Array;
}

const metadataKey = '__metadata__';

/** The most the format allows its header. */
const maxHeaderBytes = 100_000_000;

const whole = z.number().int().nonnegative();
const entry = z.object({
  dtype: z.string(),
  shape: z.array(whole).max(32),
  data_offsets: z.tuple([whole, whole]),
});

/**
 * Put tensors into one file. Wider elements first and then by name, as the reference writes them, so that every
 * tensor begins at a multiple of its element's size; the same tensors give the same bytes.
 */
export function encodeSafetensors(
  tensors: readonly NewTensor[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const typeOf = ({ values }: NewTensor) => (values instanceof BigInt64Array ? 'I64' : 'F32');
  const sorted = tensors.toSorted(
    (a, b) => elementBytes[typeOf(b)] - elementBytes[typeOf(a)] || (a.name < b.name ? -1 : 1),
  );
  const entries: [string, unknown][] = [];
  if (Object.keys(metadata).length > 0) entries.push([metadataKey, metadata]);
  let size = 0;
  for (const tensor of sorted) {
    const { name, shape, values } = tensor;
    const end = size + values.byteLength;
    entries.push([name, { dtype: typeOf(tensor), shape, data_offsets: [size, end] }]);
    size = end;
  }
  // fromEntries makes even "__proto__" a key of its own.
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const headerBytes = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(8 + headerBytes + size);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerBytes), true);
  bytes.fill(0x20, 8, 8 + headerBytes);
  bytes.set(text, 8);
  let at = 8 + headerBytes;
  for (const { values } of sorted) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += values.byteLength;
  }
  return bytes;
}

/**
 * Read a file's header and cut its data into tensors: views, not copies.
 *
 * @param what - how the file is called in the sentence
 * @throws InputError for anything that is not a whole and well-formed file of types that are read here
 */
export function decodeSafetensors(bytes: Uint8Array, what: string): TensorFile {
  const dataAt = 8 + headerLength(bytes, what);
  const header = parseHeader(bytes.subarray(8, dataAt), what);
  const metadata = new Map<string, string>();
  const stretches: { name: string; type: ElementType; shape: number[]; begin: number; end: number }[] = [];
  for (const [name, value] of Object.entries(header)) {
    if (name === metadataKey) {
      // The entries of the value itself: zod passes over a key called "__proto__".
      decode(z.looseObject({}), value, `${what}, ${metadataKey}`);
      for (const [key, text] of Object.entries(value as object)) {
        metadata.set(key, decode(z.string(), text, `${what}, ${metadataKey}: ${shown(key)}`));
      }
      continue;
    }
    const where = `${what}, tensor "${shown(name)}"`;
    const { dtype, shape, data_offsets } = decode(entry, value, where);
    const [begin, end] = data_offsets;
    if (!Object.hasOwn(elementBytes, dtype)) {
      const known = Object.keys(elementBytes).join(', ');
      throw new InputError(
        `${where} is of type "${shown(dtype)}", and ${known} can be read. Convert it to F32.`,
      );
    }
    const type = dtype as ElementType;
    const wanted = shape.reduce((product, length) => product * length, elementBytes[type]);
    if (end - begin !== wanted) {
      throw new InputError(
        `${where}: ${type} of shape [${shape}] takes ${wanted} bytes, but it is said to lie in bytes ${begin} to ${end}.`,
      );
    }
    stretches.push({ name, type, shape, begin, end });
  }
  stretches.sort((a, b) => a.begin - b.begin || a.end - b.end);
  checkCover(stretches, bytes.length - dataAt, what);
  return {
    metadata,
    tensors: new Map(
      stretches.map(({ name, type, shape, begin, end }) => [
        name,
        { name, type, shape, bytes: bytes.subarray(dataAt + begin, dataAt + end) },
      ]),
    ),
  };
}

function headerLength(bytes: Uint8Array, what: string): number {
  if (bytes.length < 8) {
    throw new InputError(
      `${what} has ${bytes.length} bytes, too few for a safetensors file. It is empty or cut short: get it again.`,
    );
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  // What stands first in another kind of file (a pickle of PyTorch's, say) reads as an absurd length.
  if (length > maxHeaderBytes || (bytes.length > 8 && bytes[8] !== 0x7b)) {
    throw new InputError(
      `${what} is not a safetensors file: it does not begin with a header's length and a header. ` +
        'Save the weights with safetensors.torch.save_file, or name another file.',
    );
  }
  if (8 + Number(length) > bytes.length) {
    throw new InputError(
      `${what} is cut short: its header has ${length} bytes, and only ${bytes.length - 8} are there. Get it again.`,
    );
  }
  return Number(length);
}

function parseHeader(bytes: Uint8Array, what: string): object {
  let header: unknown;
  try {
    // A copy: TextDecoder refuses views of shared memory in browsers.
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.slice()));
  } catch {
    throw new InputError(`${what} is damaged: its header is not JSON. Get it again.`);
  }
  if (typeof header === 'object' && header !== null && !Array.isArray(header)) return header;
  throw new InputError(`${what} is damaged: its header is not a table of tensors. Get it again.`);
}

/** The tensors, sorted, must lie one after the other from the data's first byte to its last. */
function checkCover(
  stretches: readonly { name: string; begin: number; end: number }[],
  length: number,
  what: string,
): void {
  let at = 0;
  let before = '';
  for (const { name, begin, end } of stretches) {
    const where = `${what}, tensor "${shown(name)}"`;
    if (end > length) {
      throw new InputError(
        `${where} ends at byte ${end} of the data, and there are ${length}. The file is cut short: get it again.`,
      );
    }
    if (begin < at)
      throw new InputError(`${where} overlaps tensor "${shown(before)}". Write the file again.`);
    if (begin > at) {
      throw new InputError(
        `${where} begins at byte ${begin} of the data, and bytes ${at} to ${begin} before it belong to no tensor. ` +
          'Write the file again.',
      );
    }
    [at, before] = [end, name];
  }
  if (at < length) {
    throw new InputError(
      `${what} has ${length - at} bytes behind its last tensor that belong to none. Write the file again.`,
    );
  }
}

/** A name as a sentence can hold it. */
function shown(name: string): string {
  return name.length > 100 ? `${name.slice(0, 100)}...` : name;
}

/** A tensor's values, row-major, as doubles or float32: exact for every type but I64 beyond 2^53. */
export function tensorValues({ type, bytes }: StoredTensor): Float32Array | Float64Array {
  // A copy, so that it starts at a multiple of the element's size.
  const { buffer } = new Uint8Array(bytes);
  if (type === 'F32') return new Float32Array(buffer);
  if (type === 'F64') return new Float64Array(buffer);
  if (type === 'F16') return Float32Array.from(new Uint16Array(buffer), halfValue);
  if (type === 'I64') return Float64Array.from(new BigInt64Array(buffer), Number);
  // BF16 is the upper half of a float32.
  return new Float32Array(Uint32Array.from(new Uint16Array(buffer), (bits) => bits << 16).buffer);
}

/** IEEE 754 binary16: a sign, 5 bits of exponent, 10 of fraction. */
function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}
