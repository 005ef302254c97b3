import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  decode,
  type ExperimentSpecInput,
  type ExperimentSummary,
  experimentSpec,
  InputError,
  type RunEvent,
  type RunView,
} from '@litmatter/protocol';
import { configFile, loadRegistry } from './config.ts';
import { datasetFolder, defaultDataFolder, ownRunFolder } from './folders.ts';
import { type Hub, type HubOptions, startHub } from './hub/hub.ts';
import { newExperimentId } from './hub/ids.ts';
import type { Launcher } from './launchers/launcher.ts';
import { builtInLaunchers } from './launchers/registry.ts';
import { inAllocationLauncher } from './launchers/slurm/in-allocation.ts';
import { writeWhole } from './rank/files.ts';
import { type ExperimentResult, resultOf } from './result.ts';

export interface RunExperimentOptions extends Pick<HubOptions, 'launchers' | 'verbose'> {
  /** Folder of everything the experiment leaves; a new one in the project's data folder where not named. */
  readonly out?: string;
  /** Start ranks as steps of the Slurm allocation that this process is in, for a spec with the launcher `slurm`. */
  readonly inAllocation?: boolean;
  /** A litmatter.config.ts; null for none, the nearest one upward where not named. */
  readonly config?: string | null;
  /** Called once, when the experiment has been stored. */
  readonly onSubmitted?: (experiment: ExperimentSummary) => void;
  /** Every event of every run, once, in order. A run that died without a word gets an `ended` event by the hub. */
  readonly onEvent?: (event: RunEvent, run: RunView) => void;
  /** Cancels the experiment; the result then says so. */
  readonly signal?: AbortSignal;
}

export interface FinishedExperiment extends ExperimentResult {
  /** The data folder it is kept in: `litmatter serve --data FOLDER` shows it; result.json is in it. */
  readonly folder: string;
  /** Exit codes of failed runs' rank programs; null where killed. */
  readonly failedExitCodes: readonly (number | null)[];
}

/**
 * Run an experiment to its end on a hub of its own in this process, on a free port of this machine alone.
 *
 * @param spec - as in a spec file; defaults may be left out
 * @throws InputError, LackingError for a spec that cannot be run here; a run that fails does not throw, the result says it
 *
 * @example
 * const { runs, fits } = await runExperiment({
 *   name: 'SchNet on two cores',
 *   models: [{ name: 'schnet', preset: 'small' }],
 *   dataset: { name: 'bundled', target: 'dipole', limit: 1000 },
 *   devices: [1, 2],
 * });
 */
export async function runExperiment(
  spec: ExperimentSpecInput,
  options: RunExperimentOptions = {},
): Promise<FinishedExperiment> {
  const decoded = decode(experimentSpec, spec, 'the experiment');
  const id = newExperimentId(decoded.name);
  const hub = await ownHub(options.out ?? ownRunFolder(defaultDataFolder(), id), options);
  try {
    // On a line of its own: what stands in an optional call's parentheses is not done where there is nobody to call.
    const experiment = await hub.submit(decoded, id);
    options.onSubmitted?.(experiment);
    return await finish(hub, id, options);
  } finally {
    await hub.close();
  }
}

/**
 * Go on with an experiment that `runExperiment` has begun and that was interrupted: runs that still go are waited for,
 * those that were cancelled or have failed go on from their last checkpoints.
 *
 * @param folder - where it was kept
 * @throws InputError where no experiment of `runExperiment` lies there
 */
export async function resumeExperiment(
  folder: string,
  options: Omit<RunExperimentOptions, 'out'> = {},
): Promise<FinishedExperiment> {
  if (!existsSync(join(folder, 'hub.sqlite'))) {
    throw new InputError(
      `There is nothing to resume in ${folder}: name the folder that "litmatter run" has said it keeps everything in.`,
    );
  }
  const hub = await ownHub(folder, options);
  try {
    const [experiment, ...others] = hub.store.summaries();
    if (experiment === undefined || others.length > 0) {
      throw new InputError(
        `${folder} holds ${1 + others.length} experiments: "litmatter serve --data ${folder}" shows them, with Resume beside each run.`,
      );
    }
    const { id } = experiment;
    const { cursor } = hub.store.snapshot(id)!;
    for (const run of hub.store.runs(id)) hub.scheduler.retry(run.id, 'resume');
    options.onSubmitted?.(hub.store.summary(id)!);
    return await finish(hub, id, options, cursor);
  } finally {
    await hub.close();
  }
}

/** A hub on a free port of this machine alone, with the data sets of the project's data folder. */
async function ownHub(folder: string, options: RunExperimentOptions): Promise<Hub> {
  const config = options.config === undefined ? configFile(undefined) : options.config;
  const launchers = options.launchers ?? (options.inAllocation ? await stepLaunchers(config) : undefined);
  return startHub({
    dataFolder: folder,
    datasetFolder: datasetFolder(defaultDataFolder()),
    port: 0,
    config,
    ...(launchers && { launchers }),
    verbose: options.verbose ?? false,
  });
}

async function finish(
  hub: Hub,
  id: string,
  options: RunExperimentOptions,
  after = 0,
): Promise<FinishedExperiment> {
  await untilEnded(hub, id, options, after);
  const result = resultOf(hub.store.snapshot(id)!);
  writeResult(hub.dataFolder, result);
  return {
    ...result,
    folder: hub.dataFolder,
    failedExitCodes: hub.store.failedExitCodes(id),
  };
}

/** The built-in launchers, `slurm` by way of steps of the present allocation. @throws LackingError outside of one */
async function stepLaunchers(config: string | null): Promise<Launcher[]> {
  const { site } = await loadRegistry(config);
  const steps = inAllocationLauncher({ site: site.slurm });
  return builtInLaunchers(site).map((one) => (one.name === 'slurm' ? steps : one));
}

/** `result.json`: what became of the runs, and the laws their times follow, for programs to read. */
function writeResult(folder: string, { experiment, runs, fits }: ExperimentResult): void {
  writeWhole(join(folder, 'result.json'), `${JSON.stringify({ experiment, runs, fits }, null, 1)}\n`);
}

async function untilEnded(
  hub: Hub,
  id: string,
  { onEvent, signal }: RunExperimentOptions,
  after: number,
): Promise<void> {
  const { store, scheduler } = hub;
  const told = new Set<string>();
  const key = (run: string, attempt: number) => `${run}#${attempt}`;
  let cursor = after;
  const tell = (): void => {
    for (;;) {
      const page = store.experimentEvents(id, cursor);
      if (page.events.length === 0) break;
      cursor = page.cursor;
      for (const event of page.events) {
        if (event.type === 'ended') told.add(key(event.run, event.attempt));
        onEvent?.(event, store.run(event.run)!);
      }
    }
  };
  /** A run that the hub had to judge by itself has no event that says how it ended. */
  const tellSilentEnds = (): void => {
    for (const run of store.runs(id)) {
      if (told.has(key(run.id, run.attempt)) || (run.state !== 'failed' && run.state !== 'cancelled'))
        continue;
      onEvent?.(endOf(run, (store.committed(run.id, run.attempt) ?? -1) + 1), run);
    }
  };
  const { promise: done, resolve, reject } = Promise.withResolvers<void>();
  const cancel = () => void scheduler.cancelExperiment(id).catch(reject);
  const look = (): void => {
    try {
      tell();
      if (store.summary(id)!.runsEnded === store.summary(id)!.runs) resolve();
    } catch (error) {
      reject(error);
    }
  };
  const stop = store.onChange((changed) => {
    if (changed === id) look();
  });
  signal?.addEventListener('abort', cancel);
  if (signal?.aborted) cancel();
  look();
  try {
    await done;
    // A run has said that it ended; its process may still be putting its things away.
    while (!scheduler.idle) await sleep(20);
    tell();
    tellSilentEnds();
  } finally {
    stop();
    signal?.removeEventListener('abort', cancel);
  }
}

function endOf(run: RunView, seq: number): RunEvent {
  return {
    type: 'ended',
    run: run.id,
    attempt: Math.max(1, run.attempt),
    seq,
    at: run.endedAt ?? Date.now(),
    state: run.state === 'cancelled' ? 'cancelled' : 'failed',
    ...(run.reason !== null && { reason: run.reason }),
  };
}
