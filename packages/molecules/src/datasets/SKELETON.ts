import { defineDataset, readXyz, selectMolecules } from '@litmatter/molecules';
import { InputError } from '@litmatter/protocol';
import { z } from 'zod';

/*
 * A data set to copy: it is whole, type-checked and tested (test/datasets/SKELETON.test.ts), but stands in no registry.
 *
 *   1. `litmatter new dataset NAME` copies this file. Write what your molecules are: title, description, licence and
 *      source are shown wherever the data set is chosen.
 *   2. Name its targets with their units, and what can be chosen of it as options: the dashboard draws its form from them.
 *   3. `status` says whether the files are there, what to do where they are not, and a fingerprint that changes when they
 *      do: by it the parsed molecules and their neighbour lists are kept on disk. Without `status` nothing is kept.
 *   4. `load` returns the molecules: with a reader (readSdf, readXyz, readSmilesCsv, readGraphs), or with `moleculeSet`
 *      from arrays of your own. Anything wrong with the files is an InputError that says what, where and the mend.
 *   5. A litmatter.config.ts names it: defineConfig({ datasets: [skeleton] }).
 *
 * For files in a common format nothing need be written: litmatter dataset import FILE... --name NAME
 *
 * The example: DIR/skeleton/molecules.xyz, extended XYZ with an energy in each comment line.
 */
const name = 'skeleton';
const file = 'molecules.xyz';

const energy = { name: 'energy', title: 'Energy', unit: 'eV', description: 'Total energy of the molecule.' };

export const skeleton = defineDataset({
  name,
  title: 'A data set to copy',
  description: 'Molecules from one extended XYZ file in the data folder.',
  licence: 'CC0-1.0',
  source: 'Your paper, program or address',
  options: z.strictObject({
    largest: z
      .number()
      .int()
      .positive()
      .default(100)
      .describe('Leave out molecules of more atoms than this.'),
  }),
  targets: [energy],
  defaultTarget: 'energy',
  async status(context) {
    const found = await context.open(name, file);
    return {
      available: found !== null,
      molecules: null,
      bytes: found?.bytes ?? null,
      mend: found ? null : `Put ${file} into ${context.folder(name) ?? 'the hub’s data folder'}.`,
      fingerprint: found?.stamp ?? null,
    };
  },
  async load(context, { largest }) {
    const found = await context.open(name, file);
    if (!found) throw new InputError(`${file} is not in ${context.folder(name)}. Put it there.`);
    const set = await readXyz(found.source, { targets: [energy] });
    const kept = Array.from({ length: set.size }, (_, m) => m).filter(
      (m) => set.atomOffsets[m + 1] - set.atomOffsets[m] <= largest,
    );
    if (kept.length === 0) {
      throw new InputError(
        `${file} has no molecule of at most ${largest} atoms. Raise the option "largest".`,
      );
    }
    return selectMolecules(set, kept);
  },
});
