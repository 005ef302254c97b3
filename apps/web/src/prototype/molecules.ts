import { builtInModels, modelCard, type ResolvedModel } from '@litmatter/models';
import {
  browserDatasets,
  buildGraphs,
  builtInDatasets,
  datasetCard,
  findDataset,
  loadDataset,
  type MoleculeSet,
  readCollection,
  selectMolecules,
  sourceOf,
  splitMolecules,
  suitMolecules,
  targetOf,
} from '@litmatter/molecules';
import { type DatasetCard, InputError, type ModelCard } from '@litmatter/protocol';
import type { TrainingData } from '@litmatter/training';
import type { Job } from './messages.ts';

/** The data set that dropped files make. */
export const droppedName = 'dropped';

/** Data sets as read, so that Reset does not fetch and parse them again. */
const loaded = new Map<string, MoleculeSet>();
let dropped:
  | { readonly files: readonly File[]; readonly set: MoleculeSet; readonly card: DatasetCard }
  | undefined;

export function modelCards(): ModelCard[] {
  return builtInModels.map(modelCard);
}

/** What a page can choose without a hub. */
export async function datasetCards(): Promise<DatasetCard[]> {
  const cards = await Promise.all(builtInDatasets.map((one) => datasetCard(one, browserDatasets)));
  return cards.filter((card) => card.available);
}

/** Read files that a person dropped. @throws InputError for what cannot be read or has nothing to learn */
export async function readDropped(
  files: readonly File[],
): Promise<{ card: DatasetCard; notes: readonly string[] }> {
  const { set, notes } = await readCollection(files.map((file) => sourceOf(file.name, file)));
  const names = files.map(({ name }) => name).join(', ');
  const targets = Object.entries(set.targets);
  const [first] = targets;
  if (!first) {
    throw new InputError(
      `${names}: ${set.size === 1 ? 'the molecule has' : `the ${set.size} molecules have`} no number to learn. Give an SDF with data ` +
        'items, an extended XYZ with keys in its comments, or a CSV beside the file with a column for each target.',
    );
  }
  const card: DatasetCard = {
    name: droppedName,
    title: names,
    description: 'Read in this browser; the files stay here.',
    licence: 'Yours',
    source: names,
    molecules: set.size,
    bytes: files.reduce((sum, { size }) => sum + size, 0),
    available: true,
    mend: null,
    targets: targets.map(([name, { unit }]) => ({ name, title: name, unit, description: '' })),
    defaultTarget: first[0],
  };
  dropped = { files, set, card };
  return { card, notes };
}

async function setOf(name: string, files: readonly File[]): Promise<MoleculeSet> {
  if (name === droppedName) {
    if (dropped?.files !== files && files.length > 0) await readDropped(files);
    if (dropped) return dropped.set;
    throw new InputError('The files were dropped into another page. Drop them here again.', {
      'dataset.name': 'drop the files again',
    });
  }
  const before = loaded.get(name);
  if (before) return before;
  const set = await loadDataset(findDataset(builtInDatasets, name), browserDatasets);
  loaded.set(name, set);
  return set;
}

/** The data that a job trains on: the molecules its split takes, and their neighbours. @throws InputError */
export async function trainingData(
  { dataset }: Job,
  { graph }: ResolvedModel,
  files: readonly File[],
): Promise<TrainingData> {
  const whole = await setOf(dataset.name, files);
  const target = dataset.target ?? Object.keys(whole.targets)[0] ?? '';
  targetOf(whole, target);
  const { train, validation, test } = splitMolecules(
    whole.size,
    dataset.split,
    dataset.limit,
    whole.parts,
    dataset.used,
  );
  const set = suitMolecules(selectMolecules(whole, [...train, ...validation, ...test]), graph);
  const places = (from: number, count: number) => Uint32Array.from({ length: count }, (_, i) => from + i);
  return {
    set,
    graphs: buildGraphs(set, graph),
    split: {
      train: places(0, train.length),
      validation: places(train.length, validation.length),
      test: places(train.length + validation.length, test.length),
    },
    target,
  };
}

/** A target's title and unit for the page. */
export function targetWords(job: Job, data: TrainingData): { name: string; title: string; unit: string } {
  const card = builtInDatasets.find(({ name }) => name === job.dataset.name);
  const known = card?.targets.find(({ name }) => name === data.target);
  return {
    name: data.target,
    title: known?.title ?? data.target,
    unit: targetOf(data.set, data.target).unit,
  };
}
