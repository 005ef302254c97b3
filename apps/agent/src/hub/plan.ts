import { datasetStatus, findDataset, splitMolecules } from '@litmatter/molecules';
import { dataFolderDatasets } from '@litmatter/molecules/node';
import type { ExperimentSpec, ModelChoice, Plan, RunPlan } from '@litmatter/protocol';
import { paddedSamples, stepsPerEpoch } from '@litmatter/training';
import type { Registry } from '../config.ts';
import type { Launcher } from '../launchers/launcher.ts';
import { launcherNamed } from '../launchers/registry.ts';
import type { Store } from './store.ts';

export interface PlannerOptions {
  readonly registry: Registry;
  readonly launchers: readonly Launcher[];
  readonly datasetFolder: string;
  readonly store: Store;
}

/** Fewer steps per epoch than this, and an epoch is mostly fixed cost. */
const fewSteps = 10;
/** More repeated samples than this share, and an epoch is not the same work any more. */
const muchPadding = 0.05;

/** Says what a spec would do, before it does. */
export class Planner {
  readonly #options: PlannerOptions;

  constructor(options: PlannerOptions) {
    this.#options = options;
  }

  /** The plan of a spec that has been checked. `calibrate` allows some real training steps where nothing else tells. */
  async plan(spec: ExperimentSpec, _how: { calibrate: boolean }): Promise<Plan> {
    const { launchers } = this.#options;
    const card = await launcherNamed(launchers, spec.launcher.name).probe();
    const molecules = await this.#molecules(spec);
    const trainSamples = splitMolecules(molecules, spec.dataset.split, spec.dataset.limit).train.length;
    const cells = spec.models.flatMap((model) =>
      spec.devices.map((devices) => runPlan(spec, model, devices, trainSamples, card.devices)),
    );
    return {
      runs: cells.length * spec.repeats,
      perModelAndCount: cells,
      deviceHours: null,
      wallSeconds: null,
      basis: null,
      warnings: [],
    };
  }

  async #molecules({ dataset }: ExperimentSpec): Promise<number> {
    const { registry, datasetFolder } = this.#options;
    const definition = findDataset(registry.datasets, dataset.name);
    const { molecules } = await datasetStatus(definition, dataFolderDatasets(datasetFolder));
    return molecules ?? dataset.limit ?? 0;
  }
}

/** What is certain of one cell: its steps, batch and padding. */
export function runPlan(
  spec: ExperimentSpec,
  model: ModelChoice,
  devices: number,
  trainSamples: number,
  devicesAtOnce: number | null,
): RunPlan {
  const batch = spec.training.batchPerDevice;
  const steps = stepsPerEpoch({ samples: trainSamples, ranks: devices, batch });
  const padding = paddedSamples({ samples: trainSamples, ranks: devices }) / trainSamples;
  const oversubscribed = devicesAtOnce !== null && devices > devicesAtOnce;
  const warnings: string[] = [];
  if (steps < fewSteps) {
    warnings.push(
      `Only ${steps === 1 ? 'one step' : `${steps} steps`} an epoch: most of its time will be fixed cost, and the global batch is large.`,
    );
  }
  if (padding > muchPadding) {
    warnings.push(
      `${(100 * padding).toFixed(0)} % of the samples are repeated to fill ${devices} ranks: the epoch is not the same work as on fewer.`,
    );
  }
  if (oversubscribed) {
    warnings.push(
      `${devices} ranks share ${devicesAtOnce === 1 ? 'one device' : `${devicesAtOnce} devices`}: times will show sharing, not scaling.`,
    );
  }
  return {
    model: model.name,
    devices,
    trainSamples,
    stepsPerEpoch: steps,
    globalBatch: batch * devices,
    padding,
    oversubscribed,
    warnings,
    forecast: null,
  };
}
