/** LitMatter from a program or a notebook: start a hub, run an experiment. */
export { defaultDataFolder } from './folders.ts';
export { type Hub, type HubOptions, startHub } from './hub/hub.ts';
export type { ExperimentResult, RunResult } from './result.ts';
export { type FinishedExperiment, type RunExperimentOptions, runExperiment } from './run-experiment.ts';
