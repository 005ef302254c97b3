import { datasetStatus, findDataset, type SplitSizes, splitSizes } from '@litmatter/molecules';
import { allDatasets, dataFolderDatasets } from '@litmatter/molecules/node';
import {
  type ExperimentSpec,
  expandRuns,
  InputError,
  type LackingError,
  type Plan,
  type RunPlan,
  type RunSpec,
} from '@litmatter/protocol';
import { seriesName } from '@litmatter/scaling';
import { paddedSamples, stepsPerEpoch } from '@litmatter/training';
import { z } from 'zod';
import type { Registry } from '../config.ts';
import { hostFacts } from '../host.ts';
import type { Launcher } from '../launchers/launcher.ts';
import { launcherNamed } from '../launchers/registry.ts';
import { runTrial } from '../launchers/trial.ts';
import { type TrialRequest, type TrialResult, trialResult } from '../trial/trial.ts';
import { type Evidence, forecastsOf } from './forecast.ts';
import { seriesKey } from './ids.ts';
import { allocationOf, scriptsOf } from './scripts.ts';
import type { Store } from './store.ts';

export interface PlannerOptions {
  readonly registry: Registry;
  readonly launchers: readonly Launcher[];
  readonly datasetFolder: string;
  readonly store: Store;
  /** Whether a run is under way: a trial would share its cores, and both would measure the sharing. */
  readonly busy: () => boolean;
  readonly runTrial?: (request: TrialRequest) => Promise<TrialResult>;
}

/** Fewer steps per epoch than this, and an epoch is mostly fixed cost. */
const fewSteps = 10;
/** More repeated samples than this share, and an epoch is not the same work any more. */
const muchPadding = 0.05;
/** Earlier runs a forecast looks at, the latest first. */
const mostEarlierRuns = 20;
/** Raise it when a trial comes to measure something else: every older one is then made again. */
const trialVersion = 2;

/** Says what a spec would do, before it does. */
export class Planner {
  readonly #options: Required<PlannerOptions>;
  /** Trials take turns, so that none measures another. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: PlannerOptions) {
    this.#options = { runTrial, ...options };
  }

  /**
   * The plan of a spec that has been checked.
   *
   * @param how.calibrate - allow some real training steps on this machine where nothing else tells how long they take
   * @param how.lacks - what it needs that is not here (check.ts): told as warnings, since a plan is for reading
   * @throws InputError where the spec leaves nothing to train on, or its data set is not here and its size not known
   */
  async plan(
    spec: ExperimentSpec,
    how: { calibrate: boolean; lacks?: readonly (InputError | LackingError)[] },
  ): Promise<Plan> {
    const { launchers, registry, datasetFolder } = this.#options;
    const launcher = launcherNamed(launchers, spec.launcher.name);
    const card = await launcher.probe();
    const { official, molecules } = await this.#sizes(spec, how.lacks);
    const batchPerDevice = spec.training.batchPerDevice;
    const cells: RunPlan[] = [];
    const bases = new Set<string>();
    const warnings = new Set((how.lacks ?? []).map(({ message }) => message));
    for (const run of expandRuns({ ...spec, devices: [1], repeats: 1 })) {
      const { split, limit, used } = run.dataset;
      const samples = splitSizes(molecules, split, limit, official, used).train;
      const workload = {
        samples,
        batchPerDevice,
        devicesAtOnce: card.devices,
        ranksPerNode: ranksPerNode(spec),
      };
      const { evidence, lack } = await this.#evidence(spec, run, how.calibrate);
      const { byCount, basis } = forecastsOf(evidence, workload, spec.devices);
      if (basis !== null) bases.add(basis);
      else if (lack !== undefined) warnings.add(lack);
      for (const devices of spec.devices) {
        cells.push({
          ...runPlan(run, devices, samples, card.devices),
          forecast: byCount.get(devices) ?? null,
        });
      }
    }
    return {
      runs: cells.length * spec.repeats,
      perModelAndCount: cells,
      ...totals(cells, spec),
      basis: bases.size === 0 ? null : [...bases].join(' '),
      warnings: [...warnings],
      ...scriptsOf(spec, { launcher, registry, datasetFolder }),
    };
  }

  /** What tells how long a run's epochs take here at any count, and in words why nothing does. */
  async #evidence(
    spec: ExperimentSpec,
    cell: RunSpec,
    calibrate: boolean,
  ): Promise<{ evidence: Evidence; lack?: string }> {
    const earlier = this.#options.store.measuredRuns(seriesKey(cell), mostEarlierRuns);
    const covered = spec.devices.every((devices) => earlier.some(({ run }) => run.spec.devices === devices));
    if (covered) return { evidence: { earlier, trial: undefined } };

    const { fingerprint, available } = await this.#status(spec);
    if (!available) {
      const lack = 'There is no forecast: it takes the data set to try some steps of it.';
      return { evidence: { earlier, trial: undefined }, lack };
    }
    const host = hostFacts();
    // One trial serves all sizes of a data set: a step does not know how many there are.
    const { used: _, ...whole } = cell.dataset;
    const tried = { ...cell, dataset: whole };
    const ranks = triedRanks(spec, host.cores);
    const keyOf = (most: number) =>
      JSON.stringify([
        ...['trial', trialVersion, most],
        ...[seriesKey(tried), fingerprint, host.name, host.cores],
      ]);
    // One with more ranks serves as well; one with fewer does where no other may be taken.
    for (const most of new Set([ranks, 2 * host.cores, ...(calibrate ? [] : [host.cores])])) {
      const cached = trialResult.safeParse(this.#options.store.calibrations.of(keyOf(most))?.body);
      if (cached.success) return { evidence: { earlier, trial: cached.data } };
    }
    if (!calibrate) {
      const lack =
        'There is no forecast yet: nothing like this has run on this hub. Ask for a trial of a few real steps.';
      return { evidence: { earlier, trial: undefined }, lack };
    }
    if (this.#options.busy()) {
      const lack = 'There is no forecast now: a trial would share the cores with the run that is under way.';
      return { evidence: { earlier, trial: undefined }, lack };
    }
    try {
      const trial = await this.#try(tried, ranks);
      this.#options.store.calibrations.save(keyOf(ranks), trial);
      return { evidence: { earlier, trial } };
    } catch (error) {
      if (error instanceof InputError) throw error;
      return {
        evidence: { earlier, trial: undefined },
        lack: `There is no forecast: ${(error as Error).message}`,
      };
    }
  }

  /** How many molecules the data set has; where it does not say, they are counted once. */
  async #sizes(
    spec: ExperimentSpec,
    lacks: readonly Error[] = [],
  ): Promise<{ molecules: number; official: SplitSizes | null }> {
    const { available, molecules, fingerprint, split: official = null } = await this.#status(spec);
    if (molecules !== null) return { molecules, official };
    if (!available && lacks[0] !== undefined) throw lacks[0];
    const key = JSON.stringify(['molecules', spec.dataset.name, spec.dataset.options, fingerprint]);
    const counted = z.number().int().positive().safeParse(this.#options.store.calibrations.of(key)?.body);
    if (counted.success && fingerprint !== null) return { molecules: counted.data, official };
    const trial = await this.#try(expandRuns(spec)[0]!);
    this.#options.store.calibrations.save(key, trial.molecules);
    return { molecules: trial.molecules, official };
  }

  async #status({ dataset }: ExperimentSpec) {
    const { registry, datasetFolder } = this.#options;
    const all = await allDatasets(registry.datasets, datasetFolder);
    return datasetStatus(findDataset(all, dataset.name), dataFolderDatasets(datasetFolder));
  }

  /** @param ranks - to train with at once; the molecules are only counted where not given */
  #try(spec: RunSpec, ranks?: number): Promise<TrialResult> {
    const { registry, datasetFolder, runTrial } = this.#options;
    const train = ranks !== undefined;
    const request = { spec, dataFolder: datasetFolder, config: registry.file, train, ranks: ranks ?? 1 };
    const result = this.#turn.then(() => runTrial(request));
    this.#turn = result.catch(() => undefined);
    return result;
  }
}

/**
 * How many ranks a plan has on one machine at most; null where all are on one. Other launchers' nodes are taken to be
 * like this machine, a rank a core.
 */
function ranksPerNode({ launcher }: ExperimentSpec): number | null {
  const alone = launcher.name === 'local' || (launcher.name === 'mpirun' && launcher.hostsFile === undefined);
  return alone ? null : hostFacts().cores;
}

/** Ranks that a trial lets train at once: as many as there are cores, and twice that where a plan lets ranks share them. */
function triedRanks(spec: ExperimentSpec, cores: number): number {
  const most = Math.min(Math.max(...spec.devices), ranksPerNode(spec) ?? Number.POSITIVE_INFINITY);
  return most > cores ? 2 * cores : cores;
}

/** Device-hours and wall time of a plan, runs one after the other; null where a forecast is missing. An allocation holds all its devices all the time. */
function totals(cells: readonly RunPlan[], spec: ExperimentSpec): Pick<Plan, 'deviceHours' | 'wallSeconds'> {
  let wallSeconds = 0;
  let deviceSeconds = 0;
  const held = allocationOf(spec, 'experiment', '')?.devices;
  for (const { forecast, devices } of cells) {
    if (forecast === null) return { deviceHours: null, wallSeconds: null };
    wallSeconds += forecast.seconds * spec.training.epochs * spec.repeats;
    deviceSeconds += (held ?? devices) * forecast.seconds * spec.training.epochs * spec.repeats;
  }
  return { deviceHours: deviceSeconds / 3_600, wallSeconds };
}

/** What is certain of one cell: its steps, batch and padding. */
export function runPlan(
  spec: Pick<RunSpec, 'model' | 'dataset' | 'training'>,
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
    model: spec.model.name,
    series: seriesName(spec),
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
