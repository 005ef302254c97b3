import { expect, test } from 'vitest';
import { stepped } from '../../src/forms/step.ts';

test('whole numbers double and halve, and never reach zero', () => {
  expect([stepped('32', 1, 'x', true), stepped('33', -1, 'x', true), stepped('1', -1, 'x', true)]).toEqual([
    '64',
    '16',
    '1',
  ]);
});
test('other numbers walk one, two, five and ten', () => {
  expect(['0.001', '0.002', '0.005', '0.003'].map((text) => stepped(text, 1, 'x', false))).toEqual([
    '0.002',
    '0.005',
    '0.01',
    '0.005',
  ]);
  expect(stepped('0.001', -1, 'x', false)).toBe('0.0005');
});
test('a fixed step leaves no trace of binary fractions', () => {
  expect(stepped('0.7', 1, 0.1, false)).toBe('0.8');
});
test('what is not a number is left alone', () => {
  expect(stepped('abc', 1, 1, true)).toBeUndefined();
});
