import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimalAt, decimalOf, wholeAt } from '../../src/readers/number.ts';

describe('a decimal in fixed columns', () => {
  it('is read to the same bits as Number reads it', () => {
    const number = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
      fc
        .tuple(fc.double({ min: -1e4, max: 1e4, noNaN: true }), fc.nat(8))
        .map(([x, digits]) => x.toFixed(digits)),
    );
    fc.assert(
      fc.property(number, fc.nat(4), fc.nat(4), (text, before, after) => {
        const line = `${' '.repeat(before)}${text}${' '.repeat(after)}`;
        expect(decimalAt(`ab${line}cd`, 2, 2 + line.length)).toBe(Number(text));
        expect(decimalOf(line)).toBe(Number(text));
      }),
    );
  });

  it('may be cut short by the end of the line', () => {
    expect(decimalAt('  1.5', 0, 10)).toBe(1.5);
  });

  it.each(['', '   ', '.', '-', '1.2.3', '1 2', '0x10', 'Infinity', 'NaN', '1e', '--1', '1,5', '１'])(
    'is not "%s"',
    (text) => {
      expect(decimalAt(text, 0, text.length)).toBeNaN();
      expect(decimalOf(text)).toBeNaN();
    },
  );
});

describe('a whole number in fixed columns', () => {
  it('is read as written', () => {
    fc.assert(
      fc.property(fc.nat(999), (n) => {
        expect(wholeAt(`xx${String(n).padStart(3)}yy`, 2, 5)).toBe(n);
      }),
    );
    expect(wholeAt('12 ', 0, 3)).toBe(12);
  });

  it.each(['', '   ', '-1', '+1', '1.0', '1 2', 'a', '9999999999'])('is not "%s"', (text) => {
    expect(wholeAt(text, 0, text.length)).toBe(-1);
  });
});
