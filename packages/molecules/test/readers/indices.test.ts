import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sourceOf } from '../../src/index.ts';
import { readIndices } from '../../src/readers/indices.ts';

const read = (text: string) => readIndices(sourceOf('train.index', text));

describe('an index file', () => {
  it('is whole numbers between commas, spaces or lines', async () => {
    expect(Array.from(await read('3,1, 2\n10\n'))).toEqual([3, 1, 2, 10]);
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat(1e6), { minLength: 1 }), async (places) => {
        expect(Array.from(await read(places.join(',')))).toEqual(places);
      }),
    );
  });

  it.each([
    ['1,a', /it has "a"/],
    ['1,-2', /it has "-2"/],
    ['1.5', /it has "1\.5"/],
    ['', /holds no places/],
    ['4,5,4', /names the place 4 twice/],
  ])('%j is refused', async (text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });
});
