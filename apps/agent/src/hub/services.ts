import type { Catalogue, Cluster, ExperimentSpec, ExperimentSummary, Plan } from '@litmatter/protocol';
import { InputError } from '@litmatter/protocol';
import { hostFacts } from '../host.ts';
import type { Launcher } from '../launchers/launcher.ts';
import { launcherNamed, probeLaunchers } from '../launchers/registry.ts';
import { version } from '../version.ts';
import type { Scheduler } from './scheduler.ts';
import type { Store } from './store.ts';

/** What the routes are made of. */
export interface Services {
  readonly dataFolder: string;
  readonly store: Store;
  readonly scheduler: () => Pick<Scheduler, 'cancelRun' | 'cancelExperiment' | 'retry'>;
  catalogue(): Promise<Catalogue>;
  cluster(): Promise<Cluster>;
  plan(spec: ExperimentSpec, options: { calibrate: boolean }): Promise<Plan>;
  /** Check a spec against what this hub has, store it and queue its runs. @throws InputError */
  submit(spec: ExperimentSpec): Promise<ExperimentSummary>;
}

export interface ServicesOptions {
  readonly dataFolder: string;
  readonly store: Store;
  readonly launchers: readonly Launcher[];
  readonly scheduler: () => Scheduler;
}

export function buildServices({ dataFolder, store, launchers, scheduler }: ServicesOptions): Services {
  return {
    dataFolder,
    store,
    scheduler,
    catalogue: async () => ({
      version,
      models: [],
      datasets: [],
      backends: [],
      launchers: await probeLaunchers(launchers),
      host: hostFacts(),
    }),
    cluster: async () => ({
      host: hostFacts(),
      backends: [],
      launchers: await probeLaunchers(launchers),
      findings: [],
    }),
    plan: async () => {
      throw new InputError('Plans are not made yet.');
    },
    submit: async (spec) => {
      launcherNamed(launchers, spec.launcher.name);
      const experiment = store.createExperiment(spec);
      scheduler().kick();
      return experiment;
    },
  };
}
