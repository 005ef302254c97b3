import { dirname } from 'node:path';
import { type ExperimentSpec, expandRuns, type Plan } from '@litmatter/protocol';
import type { Registry } from '../config.ts';
import { allocationFolder, attemptFolder } from '../folders.ts';
import type { RankJob, SharedAllocation } from '../job.ts';
import type { Launcher } from '../launchers/launcher.ts';

export interface ScriptsOptions {
  readonly launcher: Launcher;
  readonly registry: Registry;
  readonly datasetFolder: string;
}

/**
 * What a launcher hands to a batch system for a spec: the scripts of the first model's runs, as they would be but for
 * the experiment's id, which is given when it is stored. Nothing where the launcher hands nothing in.
 */
export function scriptsOf(
  spec: ExperimentSpec,
  { launcher, registry, datasetFolder }: ScriptsOptions,
): Pick<Plan, 'scripts'> {
  const { preview, standalone } = launcher;
  if (preview === undefined || standalone === undefined) return {};
  const dataFolder = dirname(datasetFolder);
  const config = registry.file;
  const allocation = allocationOf(spec, 'experiment', dataFolder);
  const counts = allocation ? [allocation.devices] : spec.devices;
  const runs = expandRuns({ ...spec, repeats: 1 });
  return {
    scripts: counts.map((devices) => {
      const index = runs.findIndex((run) => run.devices === devices);
      const run = `experiment.${index}`;
      const job: RankJob = {
        run,
        attempt: 1,
        spec: runs[index]!,
        folder: attemptFolder(dataFolder, run, 1),
        dataFolder: datasetFolder,
        config,
        hub: null,
        ...(allocation && { allocation }),
      };
      const part = allocation ? spec : { ...spec, devices: [devices] };
      return { devices, text: preview(job), standalone: standalone(part, { dataFolder, config }) };
    }),
  };
}

/** The allocation that an experiment's runs share, where its spec says that they do. */
export function allocationOf(
  { launcher, devices }: Pick<ExperimentSpec, 'launcher' | 'devices'>,
  experiment: string,
  dataFolder: string,
): SharedAllocation | undefined {
  if (launcher.name !== 'slurm' || launcher.runsAs !== 'steps') return undefined;
  return { folder: allocationFolder(dataFolder, experiment), devices: Math.max(...devices) };
}
