import { resolveModel } from '@litmatter/models';
import {
  chooseTarget,
  type DatasetDefinition,
  datasetStatus,
  findDataset,
  type MoleculeContents,
  splitSizes,
  unsuited,
} from '@litmatter/molecules';
import { allDatasets, dataFolderDatasets } from '@litmatter/molecules/node';
import {
  countRuns,
  decode,
  type ExperimentSpec,
  InputError,
  LackingError,
  variantsOf,
} from '@litmatter/protocol';
import type { Registry } from '../config.ts';
import type { Launcher } from '../launchers/launcher.ts';
import { launcherNamed } from '../launchers/registry.ts';
import { knownBackends } from './backends.ts';

/** Runs of one experiment: its page draws them all. */
const mostRuns = 2_000;

/**
 * Check what the protocol's schema cannot know: that models, presets, options, data set, target and launcher are
 * there. Nothing is loaded.
 *
 * @throws InputError with the fields to mark
 */
function checkSpec(
  spec: ExperimentSpec,
  models: Registry['models'],
  dataset: DatasetDefinition,
  launchers: readonly Launcher[],
): void {
  const runs = countRuns(spec);
  if (runs > mostRuns) {
    const message = `This grid has ${runs} runs, and an experiment at most ${mostRuns}: make several of it.`;
    throw new InputError(message, { devices: message });
  }
  for (const [index, choice] of spec.models.entries()) {
    const gridded = new Set(Object.keys(choice.grid ?? {}));
    for (const variant of variantsOf(choice)) {
      try {
        resolveModel(variant, models);
      } catch (error) {
        throw within(error, `models.${index}`, gridded);
      }
    }
  }
  chooseTarget(dataset, spec.dataset.target);
  try {
    decode(dataset.options, spec.dataset.options, `The options of the data set "${dataset.name}"`);
  } catch (error) {
    throw within(error, 'dataset.options');
  }
  launcherNamed(launchers, spec.launcher.name);
}

export interface CheckOptions {
  readonly registry: Registry;
  readonly launchers: readonly Launcher[];
  readonly datasetFolder: string;
}

/**
 * Everything that can be known to be wrong before anything runs.
 *
 * @param onLack - what is right but cannot be done here: a data set, a backend, a launcher that is missing. Thrown where
 *   it is left out; a plan can be read all the same.
 * @throws InputError with the fields to mark, LackingError
 */
export async function checkAll(
  spec: ExperimentSpec,
  { registry, launchers, datasetFolder }: CheckOptions,
  onLack: (lack: InputError | LackingError) => void = (lack) => {
    throw lack;
  },
): Promise<void> {
  const { name, split, limit, limits } = spec.dataset;
  const dataset = findDataset(await allDatasets(registry.datasets, datasetFolder), name);
  checkSpec(spec, registry.models, dataset, launchers);
  const status = await datasetStatus(dataset, dataFolderDatasets(datasetFolder));
  if (status.available) {
    // Throws where nothing would be left to train on; where the size is not known the plan counts it.
    if (status.molecules !== null) {
      splitSizes(status.molecules, split, limit, status.split ?? null);
      checkSizes(limits, status.molecules);
    }
    if (status.contents) checkContents(spec, registry.models, status.contents);
  } else {
    const message = `The data set "${name}" is not here. ${status.mend ?? ''}`.trim();
    onLack(new InputError(message, { 'dataset.name': message }));
  }
  const launcher = launcherNamed(launchers, spec.launcher.name);
  const lacking = [await backendLack(spec), await launcherLack(launcher)];
  for (const lack of lacking) if (lack) onLack(lack);
  if (lacking[1] === undefined) await launcher.check?.(spec);
}

/** What a spec needs that is not here, as errors to show: its plan can be read all the same. @throws InputError for what is wrong */
export async function lacksOf(
  spec: ExperimentSpec,
  options: CheckOptions,
): Promise<(InputError | LackingError)[]> {
  const lacks: (InputError | LackingError)[] = [];
  await checkAll(spec, options, (lack) => lacks.push(lack));
  return lacks;
}

/** Whether the molecules have what each model works with. @throws InputError naming the first that cannot train on them */
function checkContents(spec: ExperimentSpec, models: Registry['models'], contents: MoleculeContents): void {
  for (const [index, choice] of spec.models.entries()) {
    for (const variant of variantsOf(choice)) {
      const lack = unsuited(contents, resolveModel(variant, models).graph);
      if (!lack) continue;
      const molecules = `the molecules of "${spec.dataset.name}"`;
      throw new InputError(`${choice.name}: ${molecules} ${lack.what}. ${lack.mend}`, {
        [`models.${index}.name`]: `needs ${lack.needed}, and ${molecules} have none`,
      });
    }
  }
}

/** Two sizes that are both more than there is would be the same run twice. @throws InputError */
function checkSizes(limits: readonly number[] = [], molecules: number): void {
  if (limits.filter((limit) => limit >= molecules).length < 2) return;
  const message = `The data set has ${molecules} molecules: name one size of so many or more, not several.`;
  throw new InputError(message, { 'dataset.limit': message });
}

/** Ranks of the launcher `local` compute here. */
async function backendLack({ backend, launcher }: ExperimentSpec): Promise<LackingError | undefined> {
  if (backend === 'auto' || launcher.name !== 'local') return undefined;
  const card = (await knownBackends()).find(({ name }) => name === backend);
  if (card === undefined || card.available) return undefined;
  const mend =
    card.mend === null ? 'Choose another backend.' : `Run "${card.mend}", or choose another backend.`;
  return new LackingError(`The backend "${backend}" is lacking: ${card.detail} ${mend}`);
}

/** Why this machine cannot start ranks that way. */
async function launcherLack(launcher: Launcher): Promise<LackingError | undefined> {
  const { available, detail, mend } = await launcher.probe();
  if (available) return undefined;
  const how = mend === null ? 'Choose another launcher.' : `Mend: ${mend}; or choose another launcher.`;
  return new LackingError(`The launcher "${launcher.name}" is lacking: ${detail} ${how}`);
}

/**
 * An error about a part, with its fields named from the whole.
 * @param gridded - options whose values come from the grid: that is where they are to be mended
 */
function within(error: unknown, place: string, gridded: ReadonlySet<string> = new Set()): unknown {
  if (!(error instanceof InputError)) return error;
  const fields = Object.entries(error.fields ?? {}).map(([at, text]) => {
    const [, option] = at.split('.');
    const there = option !== undefined && gridded.has(option) ? `grid.${option}` : at;
    return [there ? `${place}.${there}` : place, text];
  });
  return new InputError(error.message, Object.fromEntries(fields));
}

/** The unit of a spec's target, as its data set says it. @throws InputError where there is no such data set or target */
export async function targetUnitOf(
  { dataset }: ExperimentSpec,
  { registry, datasetFolder }: Pick<CheckOptions, 'registry' | 'datasetFolder'>,
): Promise<string> {
  const found = findDataset(await allDatasets(registry.datasets, datasetFolder), dataset.name);
  return chooseTarget(found, dataset.target).unit;
}
