import { type MoleculeSet, unpackMolecules } from '@litmatter/molecules';
import { queryOptions } from '@tanstack/react-query';
import { fetchFile } from '../../state/api.ts';

/** So many molecules are looked at of a large set: a megabyte or two, and enough for a histogram. */
export const looked = 5_000;

/** Molecules of a data set of the hub, drawn as a run's would be. */
export const sampleQuery = (name: string) =>
  queryOptions({
    queryKey: ['molecules', name],
    queryFn: async ({ signal }): Promise<MoleculeSet> => {
      const body = { name, limit: looked, split: { train: 1, validation: 0, test: 0 } };
      return unpackMolecules(await fetchFile('datasetMolecules', { body, signal }), `The data set “${name}”`)
        .set;
    },
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
  });
