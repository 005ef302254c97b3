import { describe, expect, test } from 'vitest';
import {
  ago,
  bytes,
  counted,
  inColumn,
  integer,
  listed,
  memory,
  percent,
  seconds,
  significant,
  span,
  spreadOf,
  withinSentence,
} from '../../src/words/format.ts';

describe('numbers', () => {
  test('three digits are kept, and large numbers are grouped', () => {
    expect(significant(0.849999)).toBe('0.85');
    expect(significant(1234.5)).toBe('1230');
    expect(significant(30_912.4)).toBe('30,900');
    expect(significant(-0.5)).toBe('−0.5');
  });
  test('in a column all digits stand, so that places are one below another', () => {
    expect(inColumn(0.849999)).toBe('0.850');
    expect(inColumn(13)).toBe('13.0');
    expect(inColumn(30_912.4)).toBe('30,900');
    expect(inColumn(0)).toBe('0');
  });
  test('memory is counted in powers of two, as files are in powers of ten', () => {
    expect(memory(25_243_123_712)).toBe('23.5 GiB');
    expect(memory(0)).toBe('0 B');
    expect(bytes(399_000)).toBe('399 kB');
  });
  test('a title within a sentence begins small, an abbreviation does not', () => {
    expect(withinSentence('Dipole moment')).toBe('dipole moment');
    expect(withinSentence('HOMO-LUMO gap')).toBe('HOMO-LUMO gap');
  });
  test('what is too small or too large to read is written as a power of ten', () => {
    expect(significant(3.2e-7)).toBe('3.20·10⁻⁷');
    expect(significant(4.5e9, 2)).toBe('4.5·10⁹');
  });
  test('what has no value says so', () => {
    expect(significant(Number.POSITIVE_INFINITY)).toBe('∞');
    expect(significant(Number.NaN)).toBe('–');
  });
  test('a count and its noun agree', () => {
    expect([counted(1, 'run'), counted(2, 'run'), counted(1_000, 'run')]).toEqual([
      '1 run',
      '2 runs',
      '1,000 runs',
    ]);
    expect(integer(1_234_567)).toBe('1,234,567');
    expect(listed([1, 2, 4])).toBe('1, 2 and 4');
    expect(percent(0.123, 1)).toBe('12.3 %');
    expect(bytes(398_860)).toBe('399 kB');
    expect(bytes(0)).toBe('0 B');
  });
});

describe('times', () => {
  test.each([
    [0, '0 s'],
    [3.2e-5, '32.0 µs'],
    [0.0123, '12.3 ms'],
    [4.2071, '4.21 s'],
    [240, '240 s'],
    [900, '15 min'],
    [10_800, '3 h'],
  ])('%d seconds are %s', (value, text) => expect(seconds(value)).toBe(text));
  test.each([
    [0.2, 'a moment'],
    [40.4, '40 s'],
    [180, '3 min'],
    [7_800, '2 h 10 min'],
    [259_200, '3 days'],
  ])('a wait of %d seconds is %s', (value, text) => expect(span(value)).toBe(text));
  test('a spread has the unit and the decimals of its value', () => {
    expect(spreadOf(4.2071, 0.0312)).toBe('0.03');
    expect(spreadOf(0.0123, 0.000_45)).toBe('0.5');
    expect(spreadOf(900, 61)).toBe('1');
  });
  test('what was long ago is told by its date', () => {
    const now = Date.UTC(2026, 5, 1);
    expect(ago(now - 2_000, now)).toBe('just now');
    expect(ago(now - 12_000, now)).toBe('12 s ago');
    expect(ago(Date.UTC(2026, 2, 12, 12), now)).toBe('12 Mar');
    expect(ago(Date.UTC(2024, 2, 12, 12), now)).toBe('12 Mar 2024');
  });
});
