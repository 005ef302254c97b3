import {
  type ActiveRun,
  type BatchSystem,
  type Cluster,
  mostJobsListed,
  type NamedRun,
} from '@litmatter/protocol';
import { type DoctorOptions, examine } from '../doctor.ts';
import type { BatchReading, Launcher } from '../launchers/launcher.ts';
import { held } from './held.ts';
import type { Store } from './store.ts';

/** A queue moves; what is installed hardly does, and looking at it starts a dozen programs. */
const batchFor = { fresh: 10_000, usable: 40_000 };
const examinationFor = { fresh: 60_000, usable: 600_000 };

type Known = Pick<Store, 'activeAttempts' | 'run' | 'summary'>;

/** What `GET /api/cluster` answers. However many pages are open, the batch system is asked every 10 s at most. */
export function clusterView(options: DoctorOptions & { readonly store: Known }): () => Promise<Cluster> {
  const { launchers, store } = options;
  const examination = held(async () => ({ at: Date.now(), ...(await examine(options)) }), examinationFor);
  const described = held(() => describe(launchers), batchFor);
  return async () => {
    const [found, batch] = await Promise.all([examination(), described()]);
    return { ...found, batch: batch === null ? null : linked(batch, store), active: activeRuns(store) };
  };
}

interface Described {
  readonly launcher: BatchSystem['launcher'];
  readonly reading: BatchReading;
}

/** The first launcher that has a batch system behind it. */
async function describe(launchers: readonly Launcher[]): Promise<Described | null> {
  for (const launcher of launchers) {
    const reading = await launcher.describe?.();
    if (reading !== undefined) return { launcher: launcher.name, reading };
  }
  return null;
}

/** Jobs with the runs of this hub that they carry out: those whose launch left the job's number as its reference. */
function linked({ launcher, reading }: Described, store: Known): BatchSystem {
  const launched = Map.groupBy(
    store.activeAttempts().filter(({ spec }) => spec.launcher.name === launcher),
    // Runs that share a job add something of their own to its number.
    ({ reference }) => /^[\w[\]-]+/.exec(reference ?? '')?.[0],
  );
  const { jobs, nodes, ...rest } = reading;
  const all = jobs.map((job) => ({
    ...job,
    runs: (launched.get(job.id) ?? []).flatMap(({ run }) => namedRun(run, store) ?? []),
  }));
  const counted = (test: (job: BatchSystem['jobs'][number]) => boolean) => all.filter(test).length;
  return {
    ...rest,
    launcher,
    nodes: [...nodes],
    jobs: all.slice(0, mostJobsListed),
    counts: {
      running: counted(({ state }) => state !== 'pending'),
      pending: counted(({ state }) => state === 'pending'),
      mine: counted(({ mine }) => mine),
    },
  };
}

function namedRun(id: string, store: Known): NamedRun | undefined {
  const run = store.run(id);
  const name = run && store.summary(run.experiment)?.name;
  return name === undefined ? undefined : { id, experiment: run!.experiment, name, index: run!.index };
}

function activeRuns(store: Known): ActiveRun[] {
  return store.activeAttempts().flatMap(({ run, spec }): ActiveRun[] => {
    const named = namedRun(run, store);
    const state = store.run(run)?.state;
    if (named === undefined || (state !== 'starting' && state !== 'running')) return [];
    return [{ ...named, launcher: spec.launcher.name, devices: spec.devices, state }];
  });
}
