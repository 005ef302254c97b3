import fc from 'fast-check';

/** Ways to damage a text: cut it off, change, drop or double a piece of it. */
export const damage: fc.Arbitrary<(text: string) => string> = fc
  .tuple(
    fc.constantFrom('cut', 'change', 'drop', 'double'),
    fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    fc.nat(40),
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.constantFrom('\n', '$$$$\n', 'M  END\n', ' ', '-', '1e400', 'nan', '999', ',', '"', '='),
    ),
  )
  .map(([how, place, length, piece]) => (text: string) => {
    const at = Math.floor(place * text.length);
    if (how === 'cut') return text.slice(0, at);
    if (how === 'change') return text.slice(0, at) + piece + text.slice(at + piece.length);
    if (how === 'drop') return text.slice(0, at) + text.slice(at + length);
    return text.slice(0, at + length) + text.slice(at);
  });
