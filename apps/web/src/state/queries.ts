import type { ExperimentSpecInput } from '@litmatter/protocol';
import { QueryClient, queryOptions } from '@tanstack/react-query';
import { call, Refused } from './api.ts';
import { fetchExperiment } from './experiment-data.ts';
import { link } from './socket.ts';

/** A refusal will not change by asking again; silence may. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      retry: (failures, error) => !(error instanceof Refused) && failures < 3,
      retryDelay: (failure) => Math.min(8_000, 500 * 2 ** failure),
      // The hub may be this very machine: whether the browser knows of a network says nothing of it.
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
});

/** Molecules of a data set do not change under its name, and are many. */
const lasting = 'molecules';

// What failed while the hub was away, or grew old, is asked again by itself once it is back.
let before = link.get().status;
let lostAt = 0;
link.subscribe(() => {
  const { status } = link.get();
  if (status === 'lost' && before !== 'lost') lostAt = Date.now();
  if (status === 'open' && before === 'lost') {
    void queryClient.refetchQueries({
      type: 'active',
      predicate: ({ queryKey, state }) =>
        state.error !== null || (queryKey[0] !== lasting && state.dataUpdatedAt < lostAt),
    });
  }
  before = status;
});

export const catalogueQuery = queryOptions({
  queryKey: ['catalogue'],
  queryFn: ({ signal }) => call('catalogue', { signal }),
  staleTime: 300_000,
});

/** What the hub can download, and how far it has come: asked again each second while something comes. */
export const downloadsQuery = queryOptions({
  queryKey: ['downloads'],
  queryFn: async ({ signal }) => (await call('listDownloads', { signal })).downloads,
  staleTime: 0,
  refetchInterval: (query) => (query.state.data?.some(({ phase }) => phase !== null) ? 1_000 : false),
});

/** Imports that are no data set yet: asked again each second while the hub is at work on one. */
export const importsQuery = queryOptions({
  queryKey: ['imports'],
  queryFn: async ({ signal }) => (await call('listImports', { signal })).imports,
  staleTime: 0,
  refetchInterval: (query) =>
    query.state.data?.some(({ phase }) => phase !== 'found' && phase !== 'refused') ? 1_000 : false,
});

/** The hub looks at its batch system every 10 s at most, however often pages ask. */
export const clusterQuery = queryOptions({
  queryKey: ['cluster'],
  queryFn: ({ signal }) => call('cluster', { signal }),
  staleTime: 0,
  refetchInterval: 5_000,
});

/** Fetched once; state/list.ts keeps it live through the socket. */
export const experimentsQuery = queryOptions({
  queryKey: ['experiments'],
  queryFn: async ({ signal }) => (await call('listExperiments', { signal })).experiments,
});

/** Another experiment to compare with: asked again every few seconds while it runs. */
export const comparedQuery = (id: string) =>
  queryOptions({
    queryKey: ['experiment', id],
    queryFn: ({ signal }) => fetchExperiment(id, signal),
    refetchInterval: (query) => (query.state.data?.experiment.endedAt === null ? 5_000 : false),
  });

/** What would happen if the spec were launched: decided by the hub, never by the page. */
export const planQuery = (spec: ExperimentSpecInput) =>
  queryOptions({
    queryKey: ['plan', spec],
    queryFn: ({ signal }) => call('plan', { body: spec, signal }),
    staleTime: 60_000,
  });

export const runRanksQuery = (id: string, following: boolean) =>
  queryOptions({
    queryKey: ['run-ranks', id],
    queryFn: ({ signal }) => call('runRanks', { params: { id }, signal }),
    staleTime: 0,
    refetchInterval: following ? 5_000 : false,
  });

export const runLogQuery = (id: string, following: boolean) =>
  queryOptions({
    queryKey: ['run-log', id],
    queryFn: ({ signal }) => call('runLog', { params: { id }, signal }),
    staleTime: 0,
    refetchInterval: following ? 2_000 : false,
  });
