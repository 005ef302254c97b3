import type { ModelDefinition } from '@litmatter/models';
import { defineDataset, moleculeSet } from '@litmatter/molecules';
import { InputError } from '@litmatter/protocol';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineConfig, mergeConfig } from '../src/config.ts';
import { toyModel } from './toy.ts';

const model = (name: string): ModelDefinition => ({
  name,
  title: name,
  description: '',
  reference: '',
  options: z.object({}),
  presets: {},
  graph: () => ({ kind: 'complete' }),
  build: () => toyModel,
});
const dataset = (name: string) =>
  defineDataset({
    name,
    title: name,
    description: '',
    licence: '',
    source: '',
    options: z.object({}),
    targets: [{ name: 'y', title: 'y', unit: '', description: '' }],
    defaultTarget: 'y',
    load: async () => moleculeSet([]),
  });
const builtIn = { models: [model('schnet')], datasets: [dataset('bundled')] };

describe('a config', () => {
  it('puts its models and data sets behind the built-in ones', () => {
    const merged = mergeConfig(
      builtIn,
      defineConfig({ models: [model('mine')], datasets: [dataset('ours')] }),
      'x',
    );
    expect(merged.models.map((m) => m.name)).toEqual(['schnet', 'mine']);
    expect(merged.datasets.map((d) => d.name)).toEqual(['bundled', 'ours']);
    expect(mergeConfig(builtIn, defineConfig({}), 'x')).toEqual(builtIn);
  });

  it('may not name anything a second time', () => {
    const twice = [{ models: [model('schnet')] }, { datasets: [dataset('a'), dataset('a')] }];
    for (const config of twice)
      expect(() => mergeConfig(builtIn, config, 'my.config.ts')).toThrow(InputError);
    expect(() => mergeConfig(builtIn, twice[0], 'my.config.ts')).toThrow(
      'my.config.ts: there are two models named "schnet": rename one.',
    );
  });
});
