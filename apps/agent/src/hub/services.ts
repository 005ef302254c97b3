import type { Catalogue, Cluster, ExperimentSpec, ExperimentSummary, Plan } from '@litmatter/protocol';
import type { Registry } from '../config.ts';
import { importFolder } from '../folders.ts';
import { Bridge } from '../launchers/bridge.ts';
import type { Launcher } from '../launchers/launcher.ts';
import { buildCatalogue, datasetCards } from './catalogue.ts';
import { checkAll, lacksOf, targetUnitOf } from './check.ts';
import { clusterView } from './cluster.ts';
import { Downloads } from './downloads.ts';
import { Imports } from './imports.ts';
import { Planner } from './plan.ts';
import { removeDataset } from './remove-dataset.ts';
import type { Scheduler } from './scheduler.ts';
import type { Store } from './store.ts';

/** What the routes are made of. */
export interface Services {
  readonly dataFolder: string;
  readonly store: Store;
  readonly scheduler: () => Pick<Scheduler, 'cancelRun' | 'cancelExperiment' | 'retry'>;
  readonly bridge: Bridge;
  readonly downloads: Downloads;
  readonly imports: Imports;
  /** @throws Refusal where there is none to remove, or something needs it */
  removeDataset(name: string): Promise<void>;
  catalogue(): Promise<Catalogue>;
  cluster(): Promise<Cluster>;
  plan(spec: ExperimentSpec, options: { calibrate: boolean }): Promise<Plan>;
  /** Check a spec against what this hub has, store it and queue its runs. @throws InputError */
  submit(spec: ExperimentSpec, id?: string): Promise<ExperimentSummary>;
}

export interface ServicesOptions {
  readonly dataFolder: string;
  readonly datasetFolder: string;
  readonly registry: Registry;
  readonly store: Store;
  readonly launchers: readonly Launcher[];
  readonly scheduler: () => Scheduler;
}

export function buildServices(options: ServicesOptions): Services {
  const { dataFolder, datasetFolder, registry, store, launchers, scheduler } = options;
  const cards = () => datasetCards(registry, datasetFolder);
  const planner = new Planner({ registry, launchers, datasetFolder, store, busy: () => !scheduler().idle });
  return {
    dataFolder,
    store,
    scheduler,
    bridge: new Bridge({ dataFolder: datasetFolder, config: registry.file }),
    downloads: new Downloads({
      datasetFolder,
      mirrors: registry.site.mirrors,
      cards,
    }),
    imports: new Imports({ folder: importFolder(dataFolder), datasetFolder, cards }),
    removeDataset: (name) => removeDataset(name, { cards, datasetFolder, store }),
    catalogue: () => buildCatalogue(registry, launchers, datasetFolder),
    cluster: clusterView({ dataFolder, launchers, config: registry.file, store }),
    plan: async (spec, how) => {
      return planner.plan(spec, { ...how, lacks: await lacksOf(spec, options) });
    },
    submit: async (spec, id) => {
      await checkAll(spec, options);
      const experiment = store.createExperiment(spec, id, await targetUnitOf(spec, options));
      scheduler().kick();
      return experiment;
    },
  };
}
