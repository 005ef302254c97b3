import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatModel, parseModel } from '../../../src/pages/design/models.ts';

test('a model survives the address, whatever its options are', () => {
  const options = fc.dictionary(
    fc.stringMatching(/^[a-z][A-Za-z0-9]{0,12}$/),
    fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
      fc.boolean(),
      fc.constant(null),
      fc.array(fc.integer(), { maxLength: 4 }),
      // Text that reads as something else ("5", "true") is that: an option's type decides, not its spelling.
      fc.string().filter((text) => {
        try {
          JSON.parse(text);
          return false;
        } catch {
          return text.trim() === text;
        }
      }),
    ),
  );
  fc.assert(
    fc.property(options, (given) => {
      const model = { name: 'schnet', preset: 'small', options: { ...given } };
      expect(parseModel(formatModel(model))).toEqual(model);
    }),
  );
});

test('a model is spelled as a person would', () => {
  expect(formatModel({ name: 'schnet', preset: 'paper', options: { cutoff: 5, readout: 'mean' } })).toBe(
    'schnet:paper;cutoff=5;readout=mean',
  );
  expect(parseModel('schnet')).toEqual({ name: 'schnet', preset: 'small', options: {} });
});
