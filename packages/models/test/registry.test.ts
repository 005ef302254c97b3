import { modelCard as cardSchema, InputError } from '@litmatter/protocol';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineModel } from '../src/define.ts';
import { builtInModels, findModel, modelCard, resolveModel } from '../src/registry.ts';
import { schnet } from '../src/schnet.ts';

function problemOf(body: () => unknown): InputError {
  try {
    body();
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const mine = defineModel({
  ...schnet,
  name: 'mine',
  options: z.strictObject({ cutoff: z.number().positive() }),
  presets: { small: { description: 'Mine.', options: { cutoff: 3 }, training: {} } },
  graph: ({ cutoff }) => ({ kind: 'radius', cutoff }),
  build: () => schnet.build(schnet.presets.small.options),
});

describe('choosing a model', () => {
  it('merges preset and options through the schema', () => {
    const { options, graph, model, definition } = resolveModel({
      name: 'schnet',
      preset: 'paper',
      options: { cutoff: 6, numInteractions: 2 },
    });
    expect(definition).toBe(schnet);
    expect(options).toMatchObject({
      cutoff: 6,
      numInteractions: 2,
      hiddenChannels: 128,
      filter: 'tabulated',
    });
    expect(graph).toEqual({ kind: 'radius', cutoff: 6 });
    expect(model.layout.size).toBe(455_809 - 4 * 72_448);
  });

  it('takes an injected model as it takes a built-in one', () => {
    const choice = { name: 'mine', preset: 'small', options: {} };
    expect(resolveModel(choice, [...builtInModels, mine]).graph).toEqual({ kind: 'radius', cutoff: 3 });
    expect(problemOf(() => resolveModel(choice)).message).toContain(
      'There is no model "mine"; there are: schnet',
    );
  });

  it('names the known models and presets where one is unknown', () => {
    expect(problemOf(() => findModel('shcnet'))).toMatchObject({
      message: expect.stringContaining('There is no model "shcnet"; there are: schnet'),
      fields: { name: expect.any(String) },
    });
    const choice = { name: 'schnet', preset: 'constructor', options: {} };
    expect(problemOf(() => resolveModel(choice))).toMatchObject({
      message: 'The model "schnet" has no preset "constructor"; it has: small, paper.',
      fields: { preset: expect.any(String) },
    });
  });

  it('says which option is wrong, and how', () => {
    const options = { cutoff: -1, hidden: 5 };
    const problem = problemOf(() => resolveModel({ name: 'schnet', preset: 'small', options }));
    expect(problem.message).toContain('The model "schnet"');
    expect(Object.keys(problem.fields ?? {}).sort()).toEqual(['options.cutoff', 'options.hidden']);
  });

  it('refuses a mean without a standard deviation', () => {
    const problem = problemOf(() => resolveModel({ name: 'schnet', preset: 'small', options: { mean: -4 } }));
    expect(problem.fields).toEqual({ 'options.std': 'must be given together with mean' });
  });
});

describe('a model card', () => {
  it.each(builtInModels)(
    'of $name can be sent, with a described form field for every option',
    (definition) => {
      const card = cardSchema.parse(JSON.parse(JSON.stringify(modelCard(definition))));
      const fields = card.optionsSchema.properties as Record<
        string,
        { description?: string; default?: unknown }
      >;
      for (const preset of card.presets) {
        expect(Object.keys(preset.options).sort()).toEqual(Object.keys(fields).sort());
      }
      for (const field of Object.values(fields)) expect(field.description).toMatch(/\.$/);
    },
  );

  it("counts SchNet's parameters", () => {
    const counts = modelCard(schnet).presets.map(({ name, parameters }) => [name, parameters]);
    expect(Object.fromEntries(counts)).toMatchObject({ paper: 455_809 });
  });

  it('holds presets that their own schema reads unchanged', () => {
    for (const { options, presets } of builtInModels) {
      for (const preset of Object.values(presets))
        expect(options.parse(preset.options)).toEqual(preset.options);
    }
  });
});

describe('the registry', () => {
  it('holds every name once', () => {
    const names = builtInModels.map((model) => model.name);
    expect(new Set(names).size).toBe(names.length);
  });
});
