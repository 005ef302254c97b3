import { datasetCard as cardSchema, InputError } from '@litmatter/protocol';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  browserDatasets,
  builtInDatasets,
  chooseTarget,
  type DatasetContext,
  type DatasetDefinition,
  datasetCard,
  defineDataset,
  findDataset,
  loadDataset,
  moleculeSet,
} from '../../src/index.ts';

const nowhere: DatasetContext = {
  asset: async () => {
    throw new Error('no assets');
  },
  open: async () => null,
  folder: () => null,
};

const size = { name: 'size', title: 'Size', unit: '', description: 'Number of atoms.' };

const chains = {
  name: 'chains',
  title: 'Chains',
  description: 'Chains of carbon atoms.',
  licence: 'CC0-1.0',
  source: 'this test',
  options: z.strictObject({ count: z.number().int().positive().default(3).describe('How many chains.') }),
  targets: [size],
  defaultTarget: 'size',
  async load(_context: DatasetContext, { count }: { count: number }) {
    return moleculeSet(
      Array.from({ length: count }, (_, m) => ({
        atomicNumbers: Array(m + 1).fill(6),
        targets: { size: m + 1 },
      })),
    );
  },
} satisfies DatasetDefinition;

describe('a data set that is injected', () => {
  const definition = defineDataset(chains);

  it('is loaded with its options, defaults filled in', async () => {
    expect((await loadDataset(definition, nowhere)).size).toBe(3);
    expect((await loadDataset(definition, nowhere, { count: 5 })).size).toBe(5);
  });

  it('refuses options its schema does not know, naming the field', async () => {
    await expect(loadDataset(definition, nowhere, { count: 0 })).rejects.toBeInstanceOf(InputError);
    await expect(loadDataset(definition, nowhere, { length: 2 })).rejects.toThrow(/"chains".*length/);
  });

  it('without a status is available, of unknown size', async () => {
    const card = await datasetCard(definition, nowhere);
    expect(cardSchema.parse(card)).toEqual(card);
    expect(card).toMatchObject({ available: true, molecules: null, mend: null, defaultTarget: 'size' });
  });

  it('has its default target chosen, or the one that is asked for', () => {
    expect(chooseTarget(definition, undefined)).toBe(size);
    expect(chooseTarget(definition, 'size')).toBe(size);
    expect(() => chooseTarget(definition, 'gap')).toThrow('"chains" has no target "gap"; it has size.');
  });

  it('that loads something without a column it names is refused', async () => {
    const gap = { ...size, name: 'gap' };
    const broken = defineDataset({ ...chains, targets: [size, gap] });
    await expect(loadDataset(broken, nowhere)).rejects.toThrow(/names the target "gap".*no such column/);
  });

  it.each([
    ['a name that leaves a folder', { name: '../up' }, /letters, digits/],
    ['a target twice', { targets: [size, size] }, /names a target twice/],
    ['a default target that is none', { defaultTarget: 'gap' }, /default target "gap"/],
    [
      'a target name with a slash',
      { targets: [{ ...size, name: 'a/b' }], defaultTarget: 'a/b' },
      /target "a\/b"/,
    ],
  ])('is refused with %s', (_what, change, message) => {
    expect(() => defineDataset({ ...chains, ...change })).toThrow(message);
  });
});

describe('the built-in data sets', () => {
  it('are found by name, and others are refused with the names there are', () => {
    expect(builtInDatasets.map(({ name }) => name)).toEqual(['bundled', 'qm9', 'zinc']);
    expect(findDataset(builtInDatasets, 'qm9').defaultTarget).toBe('mu');
    expect(() => findDataset(builtInDatasets, 'qm8')).toThrow(
      'no data set "qm8"; there are: bundled, qm9, zinc.',
    );
  });

  it('include a QM9 that a browser cannot keep, and says so', async () => {
    const card = await datasetCard(findDataset(builtInDatasets, 'qm9'), browserDatasets);
    expect(cardSchema.parse(card)).toEqual(card);
    expect(card).toMatchObject({ available: false, bytes: null });
    expect(card.mend).toMatch(/too large.*from a hub/);
    await expect(loadDataset(findDataset(builtInDatasets, 'qm9'), browserDatasets)).rejects.toThrow(
      /not here/,
    );
  });
});
