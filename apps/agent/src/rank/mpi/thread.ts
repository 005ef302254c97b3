import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { resolveModel } from '@litmatter/models';
import { type Backend, closeBackend, startBackend } from '@litmatter/models/node';
import { decode, InputError } from '@litmatter/protocol';
import { atOnce, type Collective, gatherText, Pulse, SingleCollective } from '@litmatter/training';
import { z } from 'zod';
import { loadRegistry } from '../../config.ts';
import { bootId } from '../../launchers/job-files.ts';
import { beatWhileWaiting } from '../device-pulse.ts';
import { trainKept } from '../keep.ts';
import { letGoWhenAsked } from '../let-go.ts';
import { prepareData } from '../prepare.ts';
import { writeResult } from '../result.ts';
import { withWarning } from '../warn.ts';
import { MpiCollective } from './collective.ts';
import { loadMpi } from './library.ts';
import type { MpiInput, MpiMessage } from './ranks.ts';
import { type WatchAddress, watchAddress } from './watch.ts';
import { checkWorld } from './world.ts';

/** What computes in a rank that is a process: join the world, train, exchange, leave. All MPI calls are made here. */

const { job, world, place, listening, stop, lost, pulses, sharedGpu, ownGpu } = workerData as MpiInput;
const stopFlag = new Int32Array(stop);
const lostFlag = new Int32Array(lost);
const say = (message: MpiMessage) => parentPort?.postMessage(message);

/** Building a data set's cache takes as long as it takes; a rank that dies at it is noticed by the watch. */
const patienceSeconds = 24 * 3600;

/**
 * MPI_Init may return here while another rank is still inside its own, where Open MPI 4.1 dies of a message that comes
 * over TCP before it is ready (signal 11, about one start in a hundred of four ranks under Slurm 22.05; a C program's
 * too; upstream: open-mpi/ompi, pull request 13559). So nobody speaks at once.
 */
const hushMilliseconds = 300;

interface Joined {
  readonly collective: Collective;
  readonly barrier: () => Promise<void>;
  readonly leave: () => void;
}

function join(): Joined {
  const { devices } = job.spec;
  if (world.size !== devices) {
    throw new InputError(
      `This run is for ${devices} ranks, but ${world.startedBy} has started ${world.size}: start as many as the job file says.`,
    );
  }
  if (devices === 1) {
    const alone = new SingleCollective();
    return { collective: alone, barrier: () => alone.barrier(), leave: () => {} };
  }
  const mpi = loadMpi();
  const seen = mpi.initialise();
  checkWorld(world, seen, mpi);
  say({ type: 'joined', library: `${mpi.version} (${mpi.file})` });
  const collective = new MpiCollective(mpi, {
    ...seen,
    lost: () => (Atomics.load(lostFlag, 0) === 0 ? null : 'a peer was lost'),
  });
  return { collective, barrier: () => collective.barrier(patienceSeconds), leave: () => mpi.finalise() };
}

/** Tell every rank where rank 0 listens for a sign of life. */
async function tellWatch(collective: Collective): Promise<void> {
  if (collective.size === 1) return;
  // Numbers are what a collective carries: a byte a float.
  const bytes = new Float32Array(4_096);
  if (collective.rank === 0) bytes.set(new TextEncoder().encode(JSON.stringify(listening)));
  await collective.broadcast(bytes);
  if (collective.rank === 0) return;
  const text = new TextDecoder().decode(Uint8Array.from(bytes.subarray(0, bytes.indexOf(0))));
  const address: WatchAddress = decode(watchAddress, JSON.parse(text), 'where rank 0 listens');
  say({ type: 'watch', address });
}

const sharing = z.object({
  boot: z.string(),
  cores: z.number(),
  shared: z.boolean(),
  /** The graphics adapter that others of this host may compute on too; null where there is none, or it is this rank's own. */
  adapter: z.string().nullable(),
});

/** Whether ranks share cores or a GPU; known on rank 0 alone. By the kernel's boot id, since two host names may be one machine. */
async function isOversubscribed(collective: Collective, { device, adapter }: Backend): Promise<boolean> {
  const onGpu = adapter ? !adapter.software : device.includes('GPU');
  const own = {
    boot: bootId() || place.host,
    cores: cpus().length,
    // What CUDA is shown says nothing of the adapter that WebGPU takes.
    shared: adapter ? adapter.shared === true : onGpu && sharedGpu,
    adapter: adapter && adapter.shared !== false ? adapter.name : null,
  };
  const texts = await gatherText(collective, JSON.stringify(own));
  const all = (texts ?? []).map((text) => decode(sharing, JSON.parse(text), 'what a rank shares'));
  const beside = (rank: z.infer<typeof sharing>) => all.filter(({ boot }) => boot === rank.boot);
  const sameAdapter = all.some(
    (rank) => rank.adapter !== null && beside(rank).filter((o) => o.adapter === rank.adapter).length > 1,
  );
  if (sameAdapter || onGpu) return sameAdapter || all.some(({ shared }) => shared);
  return all.some((rank) => beside(rank).length > rank.cores);
}

/**
 * Whether ranks are on several hosts, known on all of them. On one the sum of a gradient takes half a millisecond through
 * shared memory, less than it costs to send it in parts; between hosts there is a wire to hide.
 */
async function areOnSeveralHosts(collective: Collective): Promise<boolean> {
  const hosts = await gatherText(collective, place.host);
  const answer = Float32Array.of(new Set(hosts).size > 1 ? 1 : 0);
  await collective.broadcast(answer);
  return answer[0] === 1;
}

async function run(): Promise<void> {
  const { collective, barrier, leave } = join();
  if (collective.size > 1) await sleep(hushMilliseconds);
  await tellWatch(collective);
  const backend = await startBackend(job.spec.backend, { localRank: world.localRank, ownGpu });
  if (letGoWhenAsked(backend)) say({ type: 'holds' });
  const pulse = new Pulse(pulses, 0);
  beatWhileWaiting(backend, pulse);
  const registry = await loadRegistry(job.config);
  // Rank 0 first: what it puts into the cache the others read.
  if (collective.rank > 0) await barrier();
  const data = await prepareData(job.spec, registry, job.dataFolder);
  if (collective.rank === 0) await barrier();
  const oversubscribed = await isOversubscribed(collective, backend);
  const inParts = await areOnSeveralHosts(collective);
  const { outcome, state, testMae } = await trainKept({
    job,
    registry,
    model: resolveModel(job.spec.model, registry.models).model,
    data,
    collective: inParts ? collective : atOnce(collective),
    pulse,
    place: { host: place.host, device: backend.device, backend: backend.name },
    oversubscribed,
    report: withWarning(backend, (body) => say({ type: 'report', body })),
    shouldStop: () => Atomics.load(stopFlag, 0) !== 0,
  });
  if (collective.rank === 0) writeResult(job, registry, data, state);
  await closeBackend();
  await barrier();
  say({ type: 'done', outcome, testMae });
  leave();
  say({ type: 'left' });
}

run().catch(async (error: unknown) => {
  await closeBackend();
  const { name, message, stack = '' } = error instanceof Error ? error : new Error(String(error));
  say({ type: 'failed', name, message, stack });
});
