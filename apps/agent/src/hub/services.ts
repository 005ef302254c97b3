import type { Catalogue, Cluster, ExperimentSpec, ExperimentSummary, Plan } from '@litmatter/protocol';
import type { Store } from './store.ts';

/** What the routes are made of. */
export interface Services {
  readonly dataFolder: string;
  readonly store: Store;
  readonly scheduler: {
    /** Ask a run to end; it has when its state says so. */
    cancelRun(run: string): Promise<void>;
    cancelExperiment(experiment: string): Promise<void>;
    /** Queue another attempt of a failed or cancelled run. Returns whether it could be. */
    retry(run: string): boolean;
  };
  catalogue(): Promise<Catalogue>;
  cluster(): Promise<Cluster>;
  plan(spec: ExperimentSpec, options: { calibrate: boolean }): Promise<Plan>;
  /** Check a spec against what this hub has, store it and queue its runs. @throws InputError */
  submit(spec: ExperimentSpec): Promise<ExperimentSummary>;
}
