import { readFileSync } from 'node:fs';
import { InputError } from '@litmatter/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeSafetensors, encodeSafetensors, type NewTensor, tensorValues } from '../src/safetensors.ts';

const reference = new Uint8Array(readFileSync(new URL('fixtures/pyg/schnet.safetensors', import.meta.url)));

/** A file from a header as it stands and so many bytes of data. */
function fileOf(header: unknown, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}
const one = (dtype: string, shape: number[], data: Uint8Array) =>
  fileOf({ x: { dtype, shape, data_offsets: [0, data.length] } }, data);
const bytesOf = (array: ArrayBufferView) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
const valuesOf = (bytes: Uint8Array) => tensorValues(decodeSafetensors(bytes, 'x').tensors.get('x')!);

const tensor: fc.Arbitrary<NewTensor> = fc
  .record({
    name: fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('__proto__', 'constructor', '"', 'a.weight'),
    ),
    shape: fc.array(fc.nat(4), { maxLength: 3 }),
    whole: fc.boolean(),
    seed: fc.integer(),
  })
  .filter(({ name }) => name !== '__metadata__')
  .map(({ name, shape, whole, seed }) => {
    const size = shape.reduce((product, length) => product * length, 1);
    const bits = Int32Array.from({ length: (whole ? 2 : 1) * size }, (_, i) =>
      Math.imul(seed + i, 0x9e3779b1),
    );
    return {
      name,
      shape,
      values: whole ? new BigInt64Array(bits.buffer) : new Float32Array(bits.buffer),
    };
  });
const tensors = fc.uniqueArray(tensor, { selector: ({ name }) => name, maxLength: 8 });

describe('a safetensors file', () => {
  it('written here has the bytes that the reference implementation writes', () => {
    const { tensors: read, metadata } = decodeSafetensors(reference, 'schnet.safetensors');
    expect(metadata.size).toBe(0);
    const again = [...read.values()].map((stored) => ({
      ...stored,
      values: Float32Array.from(tensorValues(stored)),
    }));
    expect(read.size).toBe(32);
    expect(encodeSafetensors(again.reverse())).toEqual(reference);
  });

  it('comes back bit for bit, whatever the names, shapes and numbers', () => {
    fc.assert(
      fc.property(tensors, fc.dictionary(fc.string(), fc.string()), (given, metadata) => {
        const bytes = encodeSafetensors(given, metadata);
        // As a part of a larger buffer, too: Node's are.
        const inside = new Uint8Array(bytes.length + 3);
        inside.set(bytes, 3);
        for (const same of [bytes, inside.subarray(3)]) {
          const file = decodeSafetensors(same, 'x');
          expect([...file.metadata].sort()).toEqual(Object.entries(metadata).sort());
          expect([...file.tensors.keys()].sort()).toEqual(given.map(({ name }) => name).sort());
          for (const { name, shape, values } of given) {
            const back = file.tensors.get(name)!;
            expect(back.shape).toEqual(shape);
            expect(back.bytes).toEqual(bytesOf(values));
          }
        }
      }),
    );
  });

  it('starts its data at a multiple of 8, and each tensor at one of its element', () => {
    fc.assert(
      fc.property(tensors, (given) => {
        const bytes = encodeSafetensors(given, { a: 'b' });
        const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
        expect(length % 8).toBe(0);
        for (const { type, bytes: data } of decodeSafetensors(bytes, 'x').tensors.values()) {
          expect(data.byteOffset % (type === 'I64' ? 8 : 4)).toBe(0);
        }
      }),
    );
  });

  it('gives the same bytes in whatever order its tensors come', () => {
    fc.assert(
      fc.property(tensors, (given) => {
        expect(encodeSafetensors(given.toReversed())).toEqual(encodeSafetensors(given));
      }),
    );
  });

  it('may hold float64, float16, bfloat16 and int64', () => {
    expect(valuesOf(one('F64', [2], bytesOf(Float64Array.of(1 / 3, -1e300))))).toEqual(
      Float64Array.of(1 / 3, -1e300),
    );
    expect(valuesOf(one('I64', [], bytesOf(BigInt64Array.of(-(2n ** 53n)))))).toEqual(
      Float64Array.of(-(2 ** 53)),
    );
    const patterns = Uint16Array.from({ length: 65_536 }, (_, bits) => bits);
    expect(valuesOf(one('F16', [256, 256], bytesOf(patterns)))).toEqual(
      Float32Array.from(new Float16Array(patterns.buffer)),
    );
    // 1, -2 and the float32 nearest to pi with half of its bits.
    expect(valuesOf(one('BF16', [3], bytesOf(Uint16Array.of(0x3f80, 0xc000, 0x4049))))).toEqual(
      Float32Array.of(1, -2, 3.140625),
    );
  });

  it('may hold no tensor at all, and tensors of no element', () => {
    expect(decodeSafetensors(encodeSafetensors([]), 'x').tensors.size).toBe(0);
    expect(valuesOf(one('F32', [3, 0], new Uint8Array(0)))).toEqual(new Float32Array(0));
  });
});

describe('a malformed safetensors file', () => {
  const f32 = (from: number, to: number, shape = [(to - from) / 4]) => ({
    dtype: 'F32',
    shape,
    data_offsets: [from, to],
  });
  const cases: [string, Uint8Array, RegExp][] = [
    ['is empty', new Uint8Array(0), /^w has 0 bytes, too few .* cut short/],
    [
      'is a pickle',
      new TextEncoder().encode('PK\u0003\u0004 archive/data.pkl'),
      /^w is not a safetensors file/,
    ],
    [
      'has a header longer than itself',
      reference.subarray(0, 500),
      /^w is cut short: its header has 2\d{3} bytes/,
    ],
    ['has lost data', reference.subarray(0, -1), /^w, tensor ".*" ends at byte .*cut short/],
    ['has data behind the last tensor', fileOf({ a: f32(0, 4) }, new Uint8Array(5)), /has 1 bytes behind/],
    ['has a header that is no JSON', fileOf('{"a":'), /^w is damaged: its header is not JSON/],
    ['has a header that is not UTF-8', fileOf('{"\u0000"}').with(10, 0xff), /header is not JSON/],
    ['has a header that is a list', fileOf('[1]'), /^w is not a safetensors file/],
    ['has metadata that are no strings', fileOf({ __metadata__: { a: 1 } }), /^w, __metadata__: a: /],
    [
      'has a tensor without a shape',
      fileOf({ a: { dtype: 'F32', data_offsets: [0, 4] } }),
      /tensor "a": shape: is missing/,
    ],
    ['has a negative length', fileOf({ a: f32(0, 4, [-1]) }), /tensor "a": shape\.0: /],
    ['has a fraction for an offset', fileOf({ a: f32(0, 0.5) }), /tensor "a": /],
    [
      'has a type that is not read',
      one('F8_E4M3', [4], new Uint8Array(4)),
      /tensor "x" is of type "F8_E4M3", and F64, F32/,
    ],
    [
      'has a shape its bytes do not make',
      one('F32', [2, 2], new Uint8Array(12)),
      /F32 of shape \[2,2\] takes 16 bytes/,
    ],
    [
      'has a shape beyond all numbers',
      one('F32', Array(30).fill(2 ** 52), new Uint8Array(4)),
      /takes .* bytes, but/,
    ],
    ['has offsets the wrong way round', fileOf({ a: f32(8, 4, [1]) }, new Uint8Array(8)), /bytes 8 to 4/],
    [
      'has overlapping tensors',
      fileOf({ a: f32(0, 8), b: f32(4, 8) }, new Uint8Array(8)),
      /tensor "b" overlaps tensor "a"/,
    ],
    [
      'has a hole',
      fileOf({ a: f32(0, 4), b: f32(8, 12) }, new Uint8Array(12)),
      /tensor "b" begins at byte 8 .* bytes 4 to 8/,
    ],
    [
      'has a tensor beyond its end',
      fileOf({ a: f32(0, 8) }, new Uint8Array(4)),
      /tensor "a" ends at byte 8 of the data, and there are 4/,
    ],
  ];
  it.each(cases)('is refused with a sentence when it %s', (_, bytes, sentence) => {
    expect(() => decodeSafetensors(bytes, 'w')).toThrow(InputError);
    expect(() => decodeSafetensors(bytes, 'w')).toThrow(sentence);
  });

  /** Either it is read or it is refused in words; nothing else is thrown. */
  function tolerated(bytes: Uint8Array): void {
    try {
      for (const stored of decodeSafetensors(bytes, 'w').tensors.values()) tensorValues(stored);
    } catch (error) {
      expect(error).toBeInstanceOf(InputError);
      expect((error as Error).message).toMatch(/^w/);
    }
  }

  it('never crashes the reader: bytes changed, cut, dropped or put in', () => {
    const small = encodeSafetensors(
      [
        { name: 'a', shape: [2, 3], values: new Float32Array(6) },
        { name: 'b', shape: [], values: new BigInt64Array(1) },
      ],
      { format: 'pt' },
    );
    fc.assert(
      fc.property(fc.nat(small.length), fc.nat(12), fc.uint8Array({ maxLength: 12 }), (at, drop, put) => {
        tolerated(Uint8Array.from([...small.subarray(0, at), ...put, ...small.subarray(at + drop)]));
      }),
      { numRuns: 1000 },
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), tolerated));
  });

  it('never crashes the reader: any JSON in place of the header or of a tensor', () => {
    const data = new Uint8Array(8);
    fc.assert(fc.property(fc.jsonValue(), (value) => tolerated(fileOf(JSON.stringify(value), data))));
    fc.assert(
      fc.property(
        fc.string(),
        fc.record(
          {
            dtype: fc.oneof(fc.constantFrom('F32', 'I64', 'BF16'), fc.jsonValue()),
            shape: fc.oneof(fc.array(fc.nat(3)), fc.jsonValue()),
            data_offsets: fc.oneof(fc.tuple(fc.nat(9), fc.nat(9)), fc.jsonValue()),
          },
          { requiredKeys: [] },
        ),
        (name, entry) => tolerated(fileOf(`{${JSON.stringify(name)}:${JSON.stringify(entry)}}`, data)),
      ),
    );
  });
});
