import { crc32 } from 'node:zlib';
import { findDataset, packMolecules, selectMolecules, splitMolecules } from '@litmatter/molecules';
import { allDatasets, loadCachedMolecules } from '@litmatter/molecules/node';
import { type DatasetChoice, InputError, mostMoleculesForPage } from '@litmatter/protocol';
import type { Registry } from '../config.ts';

/**
 * The molecules that a run of this choice would train, validate and test on, in that order: a page that trains on them
 * trains on what the cluster does.
 *
 * @throws InputError where there is no such data set or split, or more molecules than a page is given
 */
export async function moleculesForPage(
  { name, options, split, limit, used }: DatasetChoice,
  registry: Registry,
  dataFolder: string,
): Promise<Uint8Array> {
  const dataset = findDataset(await allDatasets(registry.datasets, dataFolder), name);
  const whole = await loadCachedMolecules(dataset, dataFolder, options);
  const { train, validation, test } = splitMolecules(whole.size, split, limit, whole.parts, used);
  const parts = { train: train.length, validation: validation.length, test: test.length };
  const count = parts.train + parts.validation + parts.test;
  if (count > mostMoleculesForPage) {
    throw new InputError(
      `These are ${count} molecules of ${dataset.title}, and a browser is given ${mostMoleculesForPage} at most: ` +
        `set “Molecules at most” to ${mostMoleculesForPage} or fewer here, and train on all of them on the cluster.`,
      { 'dataset.limit': `must be ${mostMoleculesForPage} or fewer in a browser` },
    );
  }
  const { parts: _official, ...set } = selectMolecules(whole, [...train, ...validation, ...test]);
  return packMolecules({ set, parts }, crc32);
}
