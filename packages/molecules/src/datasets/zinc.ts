import { InputError } from '@litmatter/protocol';
import { z } from 'zod';
import { defineDataset } from './dataset.ts';

const mend =
  'Run "litmatter dataset download zinc" (with --subset for the 12,000 of its benchmark), or get ZINC (train.jsonl, val.jsonl and test.jsonl of huggingface.co/datasets/graphs-datasets/ZINC, with the three ' +
  '.index files of the ZINC-12k benchmark for its subset; or a .csv with a column "smiles") and run: litmatter dataset ' +
  'import FILE... --name zinc';

/**
 * ZINC as PyTorch Geometric has it. This is its card until files are imported under its name: what they hold then takes
 * its place (see `allDatasets`).
 */
export const zinc = defineDataset({
  name: 'zinc',
  title: 'ZINC',
  description:
    'Drug-like molecules as graphs without positions: 28 atom types, single, double and triple bonds. 249,456 molecules, ' +
    'or the 12,000 of the benchmark subset.',
  licence: 'Free to use; not to be redistributed in significant parts',
  source: 'Irwin et al., J. Chem. Inf. Model. 52, 1757 (2012); Dwivedi et al., arXiv:2003.00982',
  options: z.strictObject({}),
  targets: [
    {
      name: 'penalized_logP_normalized',
      title: 'Penalised logP',
      unit: '',
      description:
        'Octanol-water partition coefficient minus synthetic accessibility and large rings, each normalised over ZINC.',
    },
  ],
  defaultTarget: 'penalized_logP_normalized',
  async status(context) {
    const inBrowser = context.folder('zinc') === null;
    return {
      available: false,
      molecules: 249_456,
      bytes: null,
      mend: inBrowser ? 'ZINC is too large to be kept in a browser: train on it from a hub.' : `${mend}.`,
      fingerprint: null,
    };
  },
  async load() {
    throw new InputError(`ZINC is not here. ${mend}.`);
  },
});
