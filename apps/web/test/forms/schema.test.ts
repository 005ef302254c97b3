import { describe, expect, test } from 'vitest';
import { checkOptions, optionFields, optionText, optionValue } from '../../src/forms/schema.ts';
import { catalogue } from '../samples.ts';

const schema = catalogue.models[0]!.optionsSchema;
const field = (name: string) => optionFields(schema).find((one) => one.name === name)!;

describe('fields drawn from a schema', () => {
  test('each option has the control its type asks for', () => {
    expect(optionFields(schema).map(({ name, type }) => [name, type])).toEqual([
      ['hiddenChannels', 'integer'],
      ['cutoff', 'number'],
      ['readout', 'choice'],
      ['std', 'number'],
      ['atomref', 'numbers'],
      ['exact', 'boolean'],
    ]);
  });
  test('names become words and descriptions become help', () => {
    expect(field('hiddenChannels').label).toBe('Hidden channels');
    expect(field('cutoff').help).toBe('How far an atom sees.');
  });
  test('an option that may be null may be left empty', () => {
    expect(field('std').nullable).toBe(true);
    expect(optionValue(field('std'), ' ')).toBeNull();
    expect(optionText(null)).toBe('');
  });
});

describe('what is typed', () => {
  test('a list of numbers is read with commas or spaces', () => {
    expect(optionValue(field('atomref'), '1, -2.5 3e-1')).toEqual([1, -2.5, 0.3]);
    expect(optionText([1, -2.5])).toBe('1, -2.5');
  });
  test('what is not a number stays text, so that nothing typed is lost', () => {
    expect(optionValue(field('cutoff'), '5 A')).toBe('5 A');
    expect(optionValue(field('atomref'), '1, x')).toBe('1, x');
  });
  test.each([
    [{ cutoff: '5 A' }, { cutoff: '“5 A” is not a number' }],
    [{ cutoff: 0 }, { cutoff: 'must be more than 0' }],
    [{ hiddenChannels: 2.5 }, { hiddenChannels: 'must be a whole number' }],
    [{ hiddenChannels: 5000 }, { hiddenChannels: 'must be at most 4096' }],
    [{ readout: 'sum' }, { readout: 'must be one of add, mean' }],
    [{ atomref: 'x' }, { atomref: 'must be numbers with commas between them' }],
    [{ std: null, exact: false, cutoff: 4 }, {}],
    [{ width: 3 }, { width: 'this model has no such option' }],
  ])('%j is judged in words', (options, problems) => expect(checkOptions(schema, options)).toEqual(problems));
});
