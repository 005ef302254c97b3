import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { decode, experimentSpec, InputError } from '../src/index.ts';

function refusal(work: () => unknown): InputError {
  try {
    work();
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('decode', () => {
  it('names every place that is wrong once, an unknown key by itself', () => {
    const error = refusal(() =>
      decode(
        experimentSpec,
        {
          models: [],
          dataset: { name: 'bundled', colour: 'blue' },
          training: { epochs: 0 },
          devices: [1, 1],
        },
        'spec.yaml',
      ),
    );
    expect(error.fields).toEqual({
      name: 'is missing',
      models: 'choose at least one model',
      'dataset.colour': 'is not known here',
      'training.epochs': 'must be more than 0',
      devices: 'each device count may stand once only',
    });
    expect(error.message).toMatch(/^spec\.yaml: name: is missing; .* \(and 2 more\)\.$/);
  });

  it('says the first of several complaints about one place', () => {
    const schema = z.object({ n: z.number().min(5, 'is too small').multipleOf(2, 'is odd') });
    expect(refusal(() => decode(schema, { n: 3 }, 'it')).fields).toEqual({ n: 'is too small' });
  });

  it('fills in the defaults', () => {
    const spec = decode(
      experimentSpec,
      { name: 'x', models: [{ name: 'schnet' }], dataset: { name: 'bundled' }, devices: [1] },
      'x',
    );
    expect(spec.training.batchPerDevice).toBe(32);
    expect(spec.dataset.split.seed).toBe(42);
  });
});

describe('a split', () => {
  const chosen = (split: unknown) =>
    decode(
      experimentSpec,
      { name: 'x', models: [{ name: 'schnet' }], dataset: { name: 'qm9', split }, devices: [1] },
      'x',
    ).dataset.split;

  it('can be named, and then has no fractions of its own', () => {
    expect(chosen({ named: 'dimenet' }).named).toBe('dimenet');
    expect(chosen({ named: 'official', seed: 3 }).seed).toBe(3);
    expect(chosen({}).named).toBeUndefined();
    expect(refusal(() => chosen({ named: 'dimenet', train: 0.5 })).fields).toEqual({
      'dataset.split': 'a named split has parts of its own: leave out train, validation and test',
    });
    expect(() => chosen({ named: 'random' })).toThrow(/dataset\.split\.named/);
  });
});
