import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defaultDataFolder } from '@litmatter/agent';
import {
  atomTypeColumn,
  bundled,
  type DatasetDefinition,
  datasetStatus,
  foldHydrogens,
  loadDataset,
  type MoleculeSet,
  moleculeAt,
  permutation,
  qm9,
  readCollection,
  selectMolecules,
  suitMolecules,
  targetOf,
  zinc,
} from '@litmatter/molecules';
import { allDatasets, dataFolderDatasets, fileSource } from '@litmatter/molecules/node';
import type { MoleculesFile } from './molecules-file.ts';

/** Molecules to draw batches from, and where they are from, in words. */
export interface Source {
  readonly words: string;
  readonly set: MoleculeSet;
  readonly target: string;
}

/** Beside the checkout, where this project's machines have data sets that it does not ship. */
const beside = fileURLToPath(new URL('../../../shared/data/', import.meta.url));

/** The files of a folder that end in one of these, as one set; undefined where there are none. */
async function readBeside(folder: string, names: RegExp): Promise<MoleculeSet | undefined> {
  const path = join(beside, folder);
  const files = existsSync(path) ? readdirSync(path).filter((name) => names.test(name)) : [];
  if (files.length === 0) return undefined;
  return (await readCollection(files.map((name) => fileSource(join(path, name))))).set;
}

/** A data set of that name in the data folder; undefined where it is not there. */
async function readOwn(definition: DatasetDefinition): Promise<MoleculeSet | undefined> {
  const folder = join(defaultDataFolder(), 'datasets');
  const context = dataFolderDatasets(folder);
  const found = (await allDatasets([definition], folder)).find(({ name }) => name === definition.name);
  if (!found || !(await datasetStatus(found, context)).available) return undefined;
  return loadDataset(found, context);
}

/** Molecules with positions: QM9 where it is to be had, else the bundled ones. */
export async function qm9Source(): Promise<Source> {
  const nearby = await readBeside('qm9', /^qm9_subset\.sdf(\.csv)?\.gz$/);
  if (nearby)
    return { words: `QM9, ${nearby.size} molecules of it beside the checkout`, set: nearby, target: 'mu' };
  const own = await readOwn(qm9);
  if (own) return { words: `QM9, ${own.size} molecules in the data folder`, set: own, target: 'mu' };
  const set = await loadDataset(bundled, dataFolderDatasets(defaultDataFolder()));
  return { words: `the ${set.size} bundled molecules (QM9 is not here)`, set, target: 'dipole' };
}

/** Graphs of heavy atoms and bonds: ZINC's where they are to be had, else the bundled molecules folded. */
export async function zincSource(): Promise<Source> {
  const target = 'penalized_logP_normalized';
  const nearby = await readBeside('zinc', /^zinc.*29445\.csv\.gz$/);
  if (nearby) {
    return { words: `ZINC, ${nearby.size} molecules of it beside the checkout`, set: nearby, target };
  }
  const own = await readOwn(zinc);
  if (own) return { words: `ZINC, ${own.size} molecules in the data folder`, set: own, target };
  const set = foldHydrogens(await loadDataset(bundled, dataFolderDatasets(defaultDataFolder())));
  return {
    words: `the ${set.size} bundled molecules without hydrogens (ZINC is not here)`,
    set,
    target: 'dipole',
  };
}

/** The first `count` molecules of a shuffled set: the same ones each time. */
export function drawn({ set, target }: Source, count: number): MoleculesFile {
  const chosen = permutation(set.size, 42).subarray(0, count);
  const few = suitMolecules(
    selectMolecules(set, chosen),
    set.positions ? { kind: 'complete' } : { kind: 'bonds' },
  );
  const types = few.atomColumns[atomTypeColumn];
  const { values } = targetOf(few, target);
  return {
    molecules: Array.from({ length: few.size }, (_, m) => {
      const { atomicNumbers, positions, bonds = [] } = moleculeAt(few, m);
      const own = types?.subarray(few.atomOffsets[m], few.atomOffsets[m + 1]);
      return {
        z: [...atomicNumbers],
        ...(positions && { positions: positions.map((row) => [...row]) }),
        bonds: bonds.map((bond) => [...bond]),
        ...(own && { types: [...own] }),
        y: values[m],
      };
    }),
  };
}
