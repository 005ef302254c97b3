import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  decode,
  type ExperimentSpecInput,
  type ExperimentSummary,
  experimentSpec,
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
  const shared = defaultDataFolder();
  const config = options.config === undefined ? configFile(undefined) : options.config;
  const launchers = options.launchers ?? (options.inAllocation ? await stepLaunchers(config) : undefined);
  const hub = await startHub({
    dataFolder: options.out ?? ownRunFolder(shared, id),
    datasetFolder: datasetFolder(shared),
    port: 0,
    config,
    ...(launchers && { launchers }),
    verbose: options.verbose ?? false,
  });
  try {
    const experiment = await hub.submit(decoded, id);
    options.onSubmitted?.(experiment);
    await untilEnded(hub, id, options);
    const result = resultOf(hub.store.snapshot(id)!);
    writeResult(hub.dataFolder, result);
    return {
      ...result,
      folder: hub.dataFolder,
      failedExitCodes: hub.store.failedExitCodes(id),
    };
  } finally {
    await hub.close();
  }
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

async function untilEnded(hub: Hub, id: string, { onEvent, signal }: RunExperimentOptions): Promise<void> {
  const { store, scheduler } = hub;
  const told = new Set<string>();
  let cursor = 0;
  const tell = (): void => {
    for (;;) {
      const page = store.experimentEvents(id, cursor);
      if (page.events.length === 0) break;
      cursor = page.cursor;
      for (const event of page.events) {
        if (event.type === 'ended') told.add(event.run);
        onEvent?.(event, store.run(event.run)!);
      }
    }
  };
  /** A run that the hub had to judge by itself has no event that says how it ended. */
  const tellSilentEnds = (): void => {
    for (const run of store.runs(id)) {
      if (told.has(run.id) || (run.state !== 'failed' && run.state !== 'cancelled')) continue;
      told.add(run.id);
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
