import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseSearch, stringifySearch } from '../../src/app/search-codec.ts';

const text = fc.string({ minLength: 1, unit: 'grapheme' });

test('whatever is put into the address comes back out of it', () => {
  const search = fc.dictionary(
    fc.string({ minLength: 1 }),
    fc.oneof(text, fc.array(text, { minLength: 2, maxLength: 4 })),
  );
  fc.assert(
    fc.property(search, (given) => {
      expect(parseSearch(stringifySearch(given))).toEqual({ ...given });
    }),
  );
});

test('an address stays readable', () => {
  expect(
    stringifySearch({ model: 'schnet:small', devices: '1, 2,4', q: 'a b', none: undefined, empty: '' }),
  ).toBe('?model=schnet:small&devices=1,+2,4&q=a+b');
});
