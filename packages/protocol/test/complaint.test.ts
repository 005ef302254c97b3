import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { check, experimentSpec } from '../src/index.ts';

const text = (schema: z.ZodType, value: unknown): string | undefined => {
  const result = check(schema, value);
  return 'complaints' in result ? result.complaints[0]!.text : undefined;
};

describe('what is wrong with a value', () => {
  it.each([
    [z.number(), 'fast', 'must be a number, not "fast"'],
    [z.int(), 2.5, 'must be a whole number, not 2.5'],
    [z.array(z.number()), 2, 'must be a list, not 2'],
    [z.object({}), 'schnet', 'must be a group of named fields, not "schnet"'],
    [z.boolean(), 'yes', 'must be true or false, not "yes"'],
    [z.number().positive(), 0, 'must be more than 0'],
    [z.number().min(1), 0, 'must be at least 1'],
    [z.number().max(20), 1000, 'must be at most 20'],
    [z.number().multipleOf(8), 12, 'must be a multiple of 8'],
    [z.array(z.number()).min(1), [], 'must hold at least 1 entry'],
    [z.string().max(3), 'abcd', 'must have at most 3 characters'],
    [z.enum(['wasm', 'cpu', 'auto']), 'cuda', 'must be "wasm", "cpu" or "auto", not "cuda"'],
    [z.union([z.number(), z.array(z.number())]), 'all', 'must be a number or a list, not "all"'],
    [z.union([z.number().positive(), z.array(z.number())]), -3, 'must be more than 0'],
    [z.number().min(5, 'is too small for five'), 3, 'is too small for five'],
    [z.string(), undefined, 'is missing'],
    [z.string(), { long: 'x'.repeat(80) }, expect.stringMatching(/^must be text, not \{"long":"x+…$/)],
  ])('is told in words a person knows: case %#', (schema, value, said) => {
    expect(text(schema, value)).toEqual(said);
  });

  it('is told once a place, the first that was found, in the order of the value', () => {
    const result = check(experimentSpec, {
      name: 7,
      models: ['schnett'],
      dataset: { name: 'bundled' },
      devices: 2,
    });
    expect(result).toEqual({
      complaints: [
        { path: ['name'], text: 'must be text, not 7' },
        { path: ['models', 0], text: 'must be a group of named fields, not "schnett"' },
        { path: ['devices'], text: 'must be a list, not 2' },
      ],
    });
  });

  it("is never told in the schema library's own words, whatever a spec holds", () => {
    const key = fc.constantFrom(
      'name',
      'models',
      'dataset',
      'devices',
      'training',
      'launcher',
      'repeats',
      'backend',
    );
    fc.assert(
      fc.property(fc.dictionary(key, fc.jsonValue()), (value) => {
        const result = check(experimentSpec, value);
        const said = 'complaints' in result ? result.complaints.map((one) => one.text) : [];
        expect(said.filter((words) => /^(Invalid|Too|Unrecognized)/.test(words))).toEqual([]);
      }),
    );
  });
});
