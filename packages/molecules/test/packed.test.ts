import { crc32 as zlibCrc32 } from 'node:zlib';
import { InputError } from '@litmatter/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { moleculeSet } from '../src/builder.ts';
import { crc32 } from '../src/crc32.ts';
import { packMolecules, unpackMolecules } from '../src/packed.ts';
import { molecules } from './arbitrary.ts';

const packed = molecules.map((list) => {
  const set = moleculeSet(list, { t: 'eV' });
  return { set, parts: { train: set.size - 1, validation: 1, test: 0 } };
});

describe('molecules on their way to a page', () => {
  it('arrive as they were sent', () => {
    fc.assert(
      fc.property(packed, (sent) => {
        expect(unpackMolecules(packMolecules(sent, zlibCrc32), 'The data set')).toEqual(sent);
      }),
    );
  });

  it('are refused with a sentence where any byte of them is lost or changed', () => {
    fc.assert(
      fc.property(packed, fc.nat(), fc.integer({ min: 1, max: 255 }), (sent, where, by) => {
        const bytes = packMolecules(sent);
        const at = where % bytes.length;
        const changed = bytes.slice();
        changed[at]! ^= by;
        // Bytes 20 to 23 and what fills up to the next multiple of 8 are covered by the checksum too.
        expect(() => unpackMolecules(changed, 'The data set')).toThrow(InputError);
        expect(() => unpackMolecules(bytes.slice(0, at), 'The data set')).toThrow(/did not come whole/);
      }),
    );
  });
});

it('our CRC-32 is that of zlib', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => crc32(bytes) === zlibCrc32(bytes)));
});
