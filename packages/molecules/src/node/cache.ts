import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import type { GraphSpec } from '../batch.ts';
import type { Columns } from '../columns.ts';
import { type DatasetDefinition, datasetStatus, loadDataset } from '../datasets/dataset.ts';
import { buildGraphs, graphKey, type MoleculeGraphs } from '../neighbours.ts';
import type { MoleculeSet } from '../set.ts';
import { columnsOf, setOf } from '../setColumns.ts';
import { suitMolecules } from '../suit.ts';
import { readColumns, writeColumns } from './columnFile.ts';
import { dataFolderDatasets } from './dataFolder.ts';

/** Raise it when a reader or a graph comes to mean something else: every older cache is then made again. */
const cacheVersion = 1;

const setMeta = z.object({
  stamp: z.string(),
  units: z.record(z.string(), z.string()),
});
const graphMeta = z.object({ stamp: z.string() });

async function cachedSet(path: string, stamp: string): Promise<MoleculeSet | null> {
  const file = await readColumns(path);
  const meta = setMeta.safeParse(file?.meta);
  if (!file || !meta.success || meta.data.stamp !== stamp) return null;
  try {
    return setOf(file.columns, meta.data.units);
  } catch {
    return null;
  }
}

async function cachedGraphs(path: string, stamp: string, spec: GraphSpec): Promise<MoleculeGraphs | null> {
  const file = await readColumns(path);
  const meta = graphMeta.safeParse(file?.meta);
  if (!file || !meta.success || meta.data.stamp !== stamp) return null;
  const { rowOffsets, neighbours } = file.columns;
  if (!(rowOffsets instanceof Uint32Array)) return null;
  if (!(neighbours instanceof Uint8Array || neighbours instanceof Uint16Array)) return null;
  return { spec, rowOffsets, neighbours };
}

/** Keep a file if the disk lets us: a full or read-only disk costs the next start time, not this run its data. */
async function keep(path: string, meta: unknown, columns: Columns): Promise<void> {
  await writeColumns(path, meta, columns).catch(() => undefined);
}

export interface LoadedDataset {
  readonly set: MoleculeSet;
  readonly graphs: MoleculeGraphs;
}

/**
 * Load a data set as a model with this graph takes it (see `suitMolecules`), and its neighbour lists, through the cache
 * in DIR/cache: the parsed set and each graph as one file,
 * kept for as long as the data set's fingerprint and options stay what they were. A broken or older file is made again.
 * Any number of processes may do this at the same time.
 *
 * @param dataFolder - DIR, with a folder for each data set
 * @throws InputError for bad options, missing or malformed files, or a set that cannot have such a graph
 */
export async function loadCached(
  definition: DatasetDefinition,
  dataFolder: string,
  options: unknown,
  graph: GraphSpec,
): Promise<LoadedDataset> {
  const { set: whole, base, stamp } = await cachedMolecules(definition, dataFolder, options);
  const set = suitMolecules(whole, graph);
  if (stamp === null) return { set, graphs: buildGraphs(set, graph) };
  const graphPath = `${base}-${graphKey(graph)}.graphs`;
  let graphs = await cachedGraphs(graphPath, stamp, graph);
  if (graphs?.rowOffsets.length !== set.atomicNumbers.length + 1) graphs = null;
  if (!graphs) {
    graphs = buildGraphs(set, graph);
    await keep(graphPath, { stamp }, { rowOffsets: graphs.rowOffsets, neighbours: graphs.neighbours });
  }
  return { set, graphs };
}

/** The molecules of a data set as they are, through the same cache. @throws InputError as `loadCached` */
export async function loadCachedMolecules(
  definition: DatasetDefinition,
  dataFolder: string,
  options: unknown,
): Promise<MoleculeSet> {
  return (await cachedMolecules(definition, dataFolder, options)).set;
}

/** A set, and where and under which stamp its graphs are kept: null where nothing of it may be. */
async function cachedMolecules(
  definition: DatasetDefinition,
  dataFolder: string,
  options: unknown,
): Promise<{ set: MoleculeSet; base: string; stamp: string | null }> {
  const context = dataFolderDatasets(dataFolder);
  const { fingerprint } = await datasetStatus(definition, context);
  const hash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 12);
  const base = join(dataFolder, 'cache', `${definition.name}-${hash(JSON.stringify(options ?? {}))}`);
  if (fingerprint === null) {
    return { set: await loadDataset(definition, context, options), base, stamp: null };
  }
  const stamp = `${cacheVersion} ${fingerprint}`;
  const path = `${base}.set`;
  const kept = await cachedSet(path, stamp);
  if (kept) return { set: kept, base, stamp };
  const set = await loadDataset(definition, context, options);
  const units = Object.fromEntries(Object.entries(set.targets).map(([name, { unit }]) => [name, unit]));
  await keep(path, { stamp, units }, columnsOf(set));
  return { set, base, stamp };
}
