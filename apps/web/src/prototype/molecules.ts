import { builtInModels, modelCard, type ResolvedModel } from '@litmatter/models';
import {
  browserDatasets,
  buildGraphs,
  builtInDatasets,
  datasetCard,
  findDataset,
  loadDataset,
  type MoleculeSet,
  type PackedMolecules,
  packMolecules,
  selectMolecules,
  splitMolecules,
  suitMolecules,
  targetOf,
  unpackMolecules,
} from '@litmatter/molecules';
import { type DatasetCard, InputError, type ModelCard, problem } from '@litmatter/protocol';
import type { TrainingData } from '@litmatter/training';
import { droppedName, inSpace, readDropped, type Say } from './dropped.ts';
import type { Job, Kept, Surroundings } from './messages.ts';

/** Data sets as read, so that the next job does not fetch and parse them again. */
const loaded = new Map<string, MoleculeSet>();

export function modelCards(): ModelCard[] {
  return builtInModels.map(modelCard);
}

/** What a page can choose without a hub. */
export async function datasetCards(): Promise<DatasetCard[]> {
  const cards = await Promise.all(builtInDatasets.map((one) => datasetCard(one, browserDatasets)));
  return cards.filter((card) => card.available);
}

/** What comes of getting molecules beside them. */
export interface Telling {
  readonly say: Say;
  /** These took long: keep them. */
  keep(kept: Kept, notes: readonly string[]): void;
}

/** The data that a job trains on: the molecules its split takes, and their neighbours. @throws InputError */
export async function trainingData(
  job: Job,
  { graph }: ResolvedModel,
  surroundings: Surroundings,
  telling: Telling,
): Promise<TrainingData> {
  const { set: chosen, parts } = await moleculesOf(job, graph.kind !== 'bonds', surroundings, telling);
  const target = job.dataset.target ?? Object.keys(chosen.targets)[0] ?? '';
  targetOf(chosen, target);
  const set = suitMolecules(chosen, graph);
  const places = (from: number, count: number) => Uint32Array.from({ length: count }, (_, i) => from + i);
  const { train, validation, test } = parts;
  return {
    set,
    graphs: buildGraphs(set, graph),
    split: {
      train: places(0, train),
      validation: places(train, validation),
      test: places(train + validation, test),
    },
    target,
  };
}

/** The molecules a job's split takes: first those to train on, then those to validate and to test with. */
async function moleculesOf(
  job: Job,
  spatial: boolean,
  surroundings: Surroundings,
  telling: Telling,
): Promise<PackedMolecules> {
  const { target: _, ...choice } = job.dataset;
  const key = JSON.stringify([choice, spatial]);
  const { kept } = surroundings;
  if (kept?.key === key) return unpackMolecules(new Uint8Array(kept.packed), 'The molecules kept');
  if (choice.name === droppedName) return fromFiles(job, spatial, key, surroundings, telling);
  if (!builtInDatasets.some(({ name }) => name === choice.name) || !(await isHere(choice.name))) {
    telling.say('Fetching the molecules from the hub', null);
    const packed = await fetched(job, surroundings);
    telling.keep({ key, packed }, []);
    return unpackMolecules(packed, 'The data set');
  }
  return taken(await local(choice.name), job);
}

async function isHere(name: string): Promise<boolean> {
  return (await datasetCards()).some((card) => card.name === name);
}

async function fromFiles(
  job: Job,
  spatial: boolean,
  key: string,
  { files }: Surroundings,
  { say, keep }: Telling,
): Promise<PackedMolecules> {
  if (files.length === 0) {
    throw new InputError('The files were dropped into another page. Drop them here again.', {
      'dataset.name': 'drop the files again',
    });
  }
  const dropped = await readDropped(files);
  if (!spatial || dropped.set.positions || !dropped.smiles) return taken(dropped.set, job);
  const { split, limit, used } = job.dataset;
  const { size, parts } = dropped.set;
  const { train, validation, test } = splitMolecules(size, split, limit, parts, used);
  const made = await inSpace(dropped, [...train, ...validation, ...test], say);
  const lost = (from: number, to: number) => made.missing.filter((k) => k >= from && k < to).length;
  const second = train.length + validation.length;
  const packed = {
    set: made.set,
    parts: {
      train: train.length - lost(0, train.length),
      validation: validation.length - lost(train.length, second),
      test: test.length - lost(second, Number.POSITIVE_INFINITY),
    },
  };
  keep({ key, packed: packMolecules(packed) }, made.notes);
  return packed;
}

/** The first molecule that a training of this choice would show; null where it is not at hand, or has no positions. */
export async function firstShown(
  dataset: Job['dataset'],
  files: readonly File[],
): Promise<{ set: MoleculeSet; molecule: number } | null> {
  const own = dataset.name === droppedName;
  if (own ? files.length === 0 : !(await isHere(dataset.name))) return null;
  const set = own ? (await readDropped(files)).set : await local(dataset.name);
  const { split, limit, used } = dataset;
  const { validation, train } = splitMolecules(set.size, split, limit, set.parts, used);
  const molecule = validation[0] ?? train[0];
  return set.positions && molecule !== undefined ? { set, molecule } : null;
}

/** A data set that comes with the page. */
async function local(name: string): Promise<MoleculeSet> {
  const set = loaded.get(name) ?? (await loadDataset(findDataset(builtInDatasets, name), browserDatasets));
  loaded.set(name, set);
  return set;
}

function taken(whole: MoleculeSet, { dataset }: Job): PackedMolecules {
  const { split, limit, used } = dataset;
  const { train, validation, test } = splitMolecules(whole.size, split, limit, whole.parts, used);
  return {
    set: selectMolecules(whole, [...train, ...validation, ...test]),
    parts: { train: train.length, validation: validation.length, test: test.length },
  };
}

/** @throws InputError in the hub's words */
async function fetched({ dataset }: Job, { moleculesAt }: Surroundings): Promise<Uint8Array<ArrayBuffer>> {
  if (moleculesAt === null) {
    throw new InputError(
      `The data set “${dataset.name}” is on a hub, and no hub serves this page: choose another.`,
      { 'dataset.name': 'is on a hub, and no hub serves this page' },
    );
  }
  const answer = await asked(moleculesAt, dataset);
  return new Uint8Array(await answer.arrayBuffer());
}

/** Ask the hub for something. @throws InputError in its words, or saying that it does not answer */
export async function asked(address: string, body: unknown): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  } catch {
    throw new InputError('The hub does not answer: is it still running? Training here is not affected.');
  }
  if (answer.ok) return answer;
  const said = problem.safeParse(await answer.json().catch(() => null));
  throw new InputError(
    said.success ? said.data.message : `The hub refused with status ${answer.status} and no reason.`,
    said.success ? (said.data.fields ?? {}) : {},
  );
}

/** A target's title and unit for the page. */
export function targetWords(
  { set, target }: TrainingData,
  title: string,
): { name: string; title: string; unit: string } {
  return { name: target, title: title || target, unit: targetOf(set, target).unit };
}
