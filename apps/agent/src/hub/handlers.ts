import { createReadStream, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { ExperimentSummary, RunView } from '@litmatter/protocol';
import { fileInside, tail } from '../files.ts';
import { allocationFolder, attemptFolder, lastWeightsFile, runFolder, weightsFile } from '../folders.ts';
import { bridgeHandlers } from './bridge.ts';
import { toCsv, toJson } from './export.ts';
import { Refusal } from './problems.ts';
import type { Handlers } from './routes.ts';
import type { Services } from './services.ts';

/** How much of a log is shown. */
const maxLogLines = 2_000;
const maxStderrBytes = 64 * 1024;
const maxEventsPerPage = 5_000;

/** What the hub does at each route of the protocol. */
export function buildHandlers(services: Services): Handlers {
  const { store, dataFolder, downloads, imports } = services;

  const experiment = (id: string): ExperimentSummary => {
    const found = store.summary(id);
    if (found === undefined) throw new Refusal(404, `There is no experiment "${id}" on this hub.`);
    return found;
  };
  const run = (id: string): RunView => {
    const found = store.run(id);
    if (found === undefined) throw new Refusal(404, `There is no run "${id}" on this hub.`);
    return found;
  };

  /** Another attempt of a run, where it has ended and not well. */
  const again = (id: string, how: 'retry' | 'resume'): RunView => {
    const { state } = run(id);
    if (services.scheduler().retry(id, how)) return run(id);
    throw new Refusal(
      409,
      state === 'succeeded'
        ? `The run ${id} has succeeded: duplicate its experiment to measure it again.`
        : `The run ${id} is ${state}: cancel it before starting it again.`,
    );
  };

  return {
    ...bridgeHandlers(services.bridge),
    listDownloads: async () => ({ downloads: await downloads.states() }),
    startDownload: ({ params, body }) => downloads.start(params.name, body.subset),
    cancelDownload: ({ params }) => downloads.cancel(params.name),
    listImports: () => ({ imports: imports.states() }),
    startImport: ({ body }) => imports.start(body),
    uploadImport: ({ params }, reply) => imports.upload(params.name, params.file, reply.request.raw),
    finishImport: ({ params, body }) => imports.finish(params.name, body.targets),
    cancelImport: ({ params }) => imports.cancel(params.name),
    removeDataset: async ({ params }) => {
      await services.removeDataset(params.name);
      return { removed: params.name };
    },
    catalogue: () => services.catalogue(),
    cluster: () => services.cluster(),
    plan: ({ body, query }) => services.plan(body, { calibrate: query.calibrate === 'true' }),

    listExperiments: () => ({ experiments: store.summaries() }),
    createExperiment: ({ body }) => services.submit(body),
    experiment: ({ params }) => {
      experiment(params.id);
      return store.snapshot(params.id)!;
    },
    changeExperiment: ({ params, body }) => {
      experiment(params.id);
      store.changeExperiment(params.id, body);
      return experiment(params.id);
    },
    cancelExperiment: async ({ params }) => {
      experiment(params.id);
      await services.scheduler().cancelExperiment(params.id);
      return experiment(params.id);
    },
    deleteExperiment: async ({ params }) => {
      const { name } = experiment(params.id);
      const runs = store.runs(params.id);
      if (!store.deleteExperiment(params.id)) {
        throw new Refusal(409, `"${name}" has runs that have not ended: cancel it first.`);
      }
      const folders = runs.map(({ id }) => runFolder(dataFolder, id));
      for (const folder of [...folders, allocationFolder(dataFolder, params.id)]) {
        await rm(folder, { recursive: true, force: true });
      }
      return { deleted: params.id };
    },
    exportExperiment: ({ params, query }, reply) => {
      experiment(params.id);
      const name = `${params.id}.${query.format}`;
      reply.header('content-disposition', `attachment; filename="${name}"`);
      if (query.format === 'csv')
        reply.type('text/csv; charset=utf-8').send(toCsv(store.snapshot(params.id)!));
      else
        reply.type('application/json; charset=utf-8').send(JSON.stringify(toJson(store, params.id), null, 1));
      return undefined;
    },

    cancelRun: async ({ params }) => {
      run(params.id);
      await services.scheduler().cancelRun(params.id);
      return run(params.id);
    },
    resumeRun: ({ params }) => again(params.id, 'resume'),
    retryRun: ({ params }) => again(params.id, 'retry'),
    runLog: ({ params }) => {
      const { attempt } = run(params.id);
      const lines = store.logLines(params.id, attempt, maxLogLines + 1);
      const stderr = tail(attemptFolder(dataFolder, params.id, attempt), 'rank.log', maxStderrBytes);
      return {
        run: params.id,
        attempt,
        attempts: store.attempts(params.id),
        lines: lines.slice(-maxLogLines),
        stderr: stderr.text,
        truncated: stderr.cut || lines.length > maxLogLines,
      };
    },
    runRanks: ({ params }) => {
      run(params.id);
      return store.ranks(params.id)!;
    },
    runWeights: ({ params, query }, reply) => {
      const { attempt } = run(params.id);
      const name = query.epoch === 'best' ? weightsFile : lastWeightsFile;
      // A retry has none until it ends: those of the attempt before are the same run's.
      let file: string | undefined;
      for (let a = attempt; a > 0 && file === undefined; a--) {
        file = fileInside(attemptFolder(dataFolder, params.id, a), name);
      }
      if (file === undefined) {
        throw new Refusal(404, `The run ${params.id} has left no weights: they are written when it ends.`);
      }
      reply
        .type('application/octet-stream')
        .header('content-disposition', `attachment; filename="${params.id}.${query.epoch}.safetensors"`)
        .header('content-length', statSync(file).size)
        .send(createReadStream(file));
      return undefined;
    },
    runEvents: ({ params, query }) => {
      run(params.id);
      return store.events(params.id, query.after ?? 0, Math.min(query.limit ?? 1_000, maxEventsPerPage));
    },
  };
}
