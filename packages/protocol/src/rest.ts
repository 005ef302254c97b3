import { z } from 'zod';
import { parityAnswer, parityRequest } from './bridge.ts';
import { catalogue } from './catalogue.ts';
import { cluster } from './cluster.ts';
import { datasetDownload } from './download.ts';
import { attemptEndState, logEvent, rankEpoch, rankPlace, runEvent } from './event.ts';
import { id, registryName } from './ids.ts';
import { datasetImport, importFileName, importRequest, importTargets } from './import.ts';
import { plan } from './plan.ts';
import { datasetChoice, experimentSpec } from './spec.ts';
import { experimentSnapshot, experimentSummary, runView } from './view.ts';

/**
 * The hub's REST routes, shared by both ends: the hub registers exactly these, the dashboard and the command line
 * call exactly these. Paths are relative to the hub's base path; `:name` parts are parameters.
 * Refusals are a `Problem` with status 400 (bad input), 401 (no or wrong token), 404 or 409 (not in this state).
 */

/** One launch of a run. */
export const attemptView = z.object({
  attempt: z.number().int().positive(),
  createdAt: z.number(),
  /** The epoch of the checkpoint it went on from; null where it began anew, or has not begun. */
  resumedAfter: z.number().nullable(),
  /** Null while it goes on. */
  state: attemptEndState.nullable(),
  reason: z.string().nullable(),
  endedAt: z.number().nullable(),
});

export const runLog = z.object({
  run: id,
  attempt: z.number().int().nonnegative(),
  /** Every attempt of the run, the first one first. */
  attempts: z.array(attemptView).default([]),
  /** What the ranks reported through the event log, oldest first. */
  lines: z.array(logEvent),
  /** The end of what the attempt's processes wrote to stderr. */
  stderr: z.string(),
  /** True where more was written than is shown here. */
  truncated: z.boolean(),
});

/** Where each rank of a run's newest attempt computes, and what its time goes to. */
export const runRanks = z.object({
  run: id,
  attempt: z.number().int().nonnegative(),
  /** The newest epochs, of which the times are medians; an attempt's first one is left out where there are others. */
  epochs: z.number().int().nonnegative(),
  /** By rank; empty before the attempt's first epoch. */
  ranks: z.array(rankPlace.extend(rankEpoch.shape)),
});

export const eventPage = z.object({
  events: z.array(runEvent),
  /** Pass it back as `after` to go on; unchanged when there was nothing more. */
  cursor: z.number().int().nonnegative(),
});

/** A whole number as it stands in a URL. */
const wholeNumberText = z
  .string()
  .regex(/^\d{1,15}$/, 'must be a whole number')
  .transform(Number);

const byId = z.strictObject({ id });
const byName = z.strictObject({ name: registryName });
const none = z.object({}).catchall(z.never()).or(z.undefined());

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** The JSON answer; absent where the answer is a file. */
  readonly answer?: z.ZodType;
  /** Bytes of a body at most, where it may be more than a megabyte. */
  readonly bodyLimit?: number;
  /** The body is a file as it is, taken as it comes and never held whole. */
  readonly upload?: true;
}

export const routes = {
  catalogue: { method: 'GET', path: '/api/catalogue', answer: catalogue },
  cluster: { method: 'GET', path: '/api/cluster', answer: cluster },
  /** What would happen if the spec were launched. `calibrate=true` may take some real training steps first. */
  plan: {
    method: 'POST',
    path: '/api/plan',
    query: z.strictObject({ calibrate: z.enum(['true', 'false']).optional() }),
    body: experimentSpec,
    answer: plan,
  },

  listExperiments: {
    method: 'GET',
    path: '/api/experiments',
    answer: z.object({ experiments: z.array(experimentSummary) }),
  },
  createExperiment: {
    method: 'POST',
    path: '/api/experiments',
    body: experimentSpec,
    answer: experimentSummary,
  },
  experiment: { method: 'GET', path: '/api/experiments/:id', params: byId, answer: experimentSnapshot },
  /** Rename, archive, bring back. */
  changeExperiment: {
    method: 'PATCH',
    path: '/api/experiments/:id',
    params: byId,
    body: z
      .strictObject({ name: experimentSpec.shape.name.optional(), archived: z.boolean().optional() })
      .refine((change) => Object.keys(change).length > 0, 'name what to change: name or archived'),
    answer: experimentSummary,
  },
  cancelExperiment: {
    method: 'POST',
    path: '/api/experiments/:id/cancel',
    params: byId,
    body: none,
    answer: experimentSummary,
  },
  /** Only an ended experiment can be deleted; its folder goes with it. */
  deleteExperiment: {
    method: 'DELETE',
    path: '/api/experiments/:id',
    params: byId,
    answer: z.object({ deleted: id }),
  },
  /** A file: one row an epoch as CSV, or the whole experiment with its events as JSON. */
  exportExperiment: {
    method: 'GET',
    path: '/api/experiments/:id/export',
    params: byId,
    query: z.strictObject({ format: z.enum(['csv', 'json']).default('json') }),
  },

  cancelRun: { method: 'POST', path: '/api/runs/:id/cancel', params: byId, body: none, answer: runView },
  /** A new attempt of a run that failed or was cancelled, from the last good checkpoint. */
  resumeRun: { method: 'POST', path: '/api/runs/:id/resume', params: byId, body: none, answer: runView },
  /** A new attempt of such a run, from nothing. */
  retryRun: { method: 'POST', path: '/api/runs/:id/retry', params: byId, body: none, answer: runView },
  runLog: { method: 'GET', path: '/api/runs/:id/log', params: byId, answer: runLog },
  runRanks: { method: 'GET', path: '/api/runs/:id/ranks', params: byId, answer: runRanks },
  /** A safetensors file: the weights of the epoch with the smallest validation MAE, or of the last. */
  runWeights: {
    method: 'GET',
    path: '/api/runs/:id/weights',
    params: byId,
    query: z.strictObject({ epoch: z.enum(['best', 'last']).default('best') }),
  },
  runEvents: {
    method: 'GET',
    path: '/api/runs/:id/events',
    params: byId,
    query: z.strictObject({ after: wholeNumberText.optional(), limit: wholeNumberText.optional() }),
    answer: eventPage,
  },

  /** A file (`packMolecules`): the molecules a run of this choice takes, for a page to train on. */
  datasetMolecules: { method: 'POST', path: '/api/datasets/molecules', body: datasetChoice },
  /** Every data set that the hub can download, and how far it has come. */
  listDownloads: {
    method: 'GET',
    path: '/api/datasets/downloads',
    answer: z.object({ downloads: z.array(datasetDownload) }),
  },
  /** Begin, or go on where it broke off. The answer comes at once. */
  startDownload: {
    method: 'POST',
    path: '/api/datasets/:name/download',
    params: byName,
    body: z.strictObject({ subset: z.boolean().default(false) }),
    answer: datasetDownload,
  },
  /** What has come is kept. */
  cancelDownload: {
    method: 'POST',
    path: '/api/datasets/:name/download/cancel',
    params: byName,
    body: none,
    answer: datasetDownload,
  },
  /** Every import that is not a data set yet. */
  listImports: {
    method: 'GET',
    path: '/api/datasets/imports',
    answer: z.object({ imports: z.array(datasetImport) }),
  },
  /** Say what is to come: a data set's name, and its files with their sizes, each of which is then sent. */
  startImport: { method: 'POST', path: '/api/datasets/imports', body: importRequest, answer: datasetImport },
  /** One of the files. With the last of them the hub begins to read; where one breaks off, nothing is kept. */
  uploadImport: {
    method: 'PUT',
    path: '/api/datasets/imports/:name/files/:file',
    params: z.strictObject({ name: registryName, file: importFileName }),
    answer: datasetImport,
    upload: true,
  },
  /** Make the data set: of these targets, the first being the one trained on; of all where left out. */
  finishImport: {
    method: 'POST',
    path: '/api/datasets/imports/:name/finish',
    params: byName,
    body: z.strictObject({ targets: importTargets.optional() }),
    answer: datasetImport,
  },
  /** Forget an import and its files, however far it has come. */
  cancelImport: {
    method: 'POST',
    path: '/api/datasets/imports/:name/cancel',
    params: byName,
    body: none,
    answer: z.object({ cancelled: registryName }),
  },
  /** Remove a data set that was imported or downloaded, and what was cached of it; its experiments stay. */
  removeDataset: {
    method: 'DELETE',
    path: '/api/datasets/:name',
    params: byName,
    answer: z.object({ removed: registryName }),
  },
  /** What a model trained in a page predicts of the page's batch on the hub's own backend. */
  parity: {
    method: 'POST',
    path: '/api/parity',
    body: parityRequest,
    answer: parityAnswer,
    bodyLimit: 64 * 2 ** 20,
  },
} as const satisfies Record<string, Route>;

export type RouteName = keyof typeof routes;
export type AttemptView = z.infer<typeof attemptView>;
export type RunLog = z.infer<typeof runLog>;
export type RunRanks = z.infer<typeof runRanks>;
export type EventPage = z.infer<typeof eventPage>;
