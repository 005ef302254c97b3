import { type HubOptions, type Hub as HubWithInside, startHub as startHubWithInside } from './hub/hub.ts';

/** LitMatter from a program or a notebook: start a hub, run an experiment. */

/** A hub in this process. */
export type Hub = Pick<
  HubWithInside,
  'url' | 'address' | 'port' | 'token' | 'tokenFile' | 'dataFolder' | 'submit' | 'plan' | 'close'
>;

/**
 * Start a hub: dashboard, API, sockets, store and scheduler in this process.
 *
 * @throws InputError where the port is in use, the folder is another hub's, or an option is not usable
 */
export const startHub: (options: HubOptions) => Promise<Hub> = startHubWithInside;

export { defaultDataFolder } from './folders.ts';
export type { HubOptions } from './hub/hub.ts';
export type { ExperimentResult, RunResult } from './result.ts';
export {
  type FinishedExperiment,
  type RunExperimentOptions,
  resumeExperiment,
  runExperiment,
} from './run-experiment.ts';
