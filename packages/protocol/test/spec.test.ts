import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countRuns, decode, expandRuns, experimentSpec, maxVariants, runSpec } from '../src/index.ts';

const minimal = {
  name: 'Grid',
  models: [{ name: 'schnet' }],
  dataset: { name: 'bundled' },
  devices: [1, 2],
};
const read = (part: object) => decode(experimentSpec, { ...minimal, ...part }, 'the spec');
const models = (...grids: object[]) => ({ models: grids.map((grid) => ({ name: 'schnet', grid })) });

describe('a grid of sizes', () => {
  it('is a list in the place of the limit, or under limits: the same', () => {
    const listed = read({ dataset: { name: 'bundled', limit: [400, 100, 200, 100] } });
    expect(listed.dataset).toMatchObject({ limit: 400, limits: [100, 200, 400] });
    expect(read({ dataset: { name: 'bundled', limits: [100, 200, 400] } })).toEqual(listed);
    expect(read(listed)).toEqual(listed);
  });

  it('gives every run the largest as its limit and its own as what it uses', () => {
    const runs = expandRuns(read({ dataset: { name: 'bundled', limit: [100, 400] } }));
    expect(runs.map(({ dataset, devices }) => [dataset.limit, dataset.used, devices])).toEqual([
      [400, 100, 1],
      [400, 100, 2],
      [400, 400, 1],
      [400, 400, 2],
    ]);
    expect(runs.every(({ dataset }) => dataset.limits === undefined)).toBe(true);
  });

  it('is refused where limit and limits disagree, or a size is none', () => {
    expect(() => read({ dataset: { name: 'bundled', limit: 100, limits: [100, 200] } })).toThrow(
      /largest of limits/,
    );
    expect(() => read({ dataset: { name: 'bundled', limit: [100, 0] } })).toThrow(/or a list of them/);
    expect(() => read({ dataset: { name: 'bundled', limit: 'all' } })).toThrow(/or a list of them/);
    expect(() => read({ dataset: { name: 'bundled', limit: 10, used: 20 } })).toThrow(/at most the limit/);
  });
});

describe('a grid of options', () => {
  it('makes a model of every combination of values', () => {
    const { models: grid } = models({ hiddenChannels: [16, 32], cutoff: [4, 5] });
    const runs = expandRuns(read({ models: [...grid, { name: 'nnconv', options: { dim: 8 } }] }));
    expect(runs.filter(({ devices }) => devices === 1).map(({ model }) => model.options)).toEqual([
      { hiddenChannels: 16, cutoff: 4 },
      { hiddenChannels: 16, cutoff: 5 },
      { hiddenChannels: 32, cutoff: 4 },
      { hiddenChannels: 32, cutoff: 5 },
      { dim: 8 },
    ]);
  });

  it('is refused where a value stands twice, an option in two places, or there are too many variants', () => {
    expect(() => read(models({ hiddenChannels: [16, 16] }))).toThrow(/once only/);
    expect(() => read(models({ hiddenChannels: [] }))).toThrow(/at least one value/);
    expect(() =>
      read({ models: [{ name: 'schnet', options: { cutoff: 5 }, grid: { cutoff: [4] } }] }),
    ).toThrow(/not in both/);
    const many = Array.from({ length: 9 }, (_, k) => k);
    expect(() => read(models({ a: many, b: many }))).toThrow(`more than ${maxVariants} variants`);
  });
});

it('an experiment makes as many runs as it says, each a run that its ranks accept', () => {
  const list = (most: number) =>
    fc.uniqueArray(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: most });
  fc.assert(
    fc.property(
      list(3),
      list(3),
      list(3),
      list(3),
      fc.integer({ min: 1, max: 3 }),
      (a, b, limit, devices, repeats) => {
        const spec = read({ ...models({ a, b }, {}), dataset: { name: 'bundled', limit }, devices, repeats });
        const runs = expandRuns(spec);
        expect(runs).toHaveLength(countRuns(spec));
        expect(runs).toHaveLength((a.length * b.length + 1) * limit.length * devices.length * repeats);
        expect(new Set(runs.map((run) => JSON.stringify(run))).size).toBe(runs.length);
        for (const run of runs) expect(runSpec.parse(run)).toEqual(run);
      },
    ),
    { numRuns: 60 },
  );
});
