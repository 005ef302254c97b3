import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { RunEventBody } from '@litmatter/protocol';
import { LostPeerError, pulseMemory } from '@litmatter/training';
import { readyBackends } from '../../backends/ready.ts';
import { tail } from '../../files.ts';
import type { RankJob } from '../../job.ts';
import { causeInLog } from '../../launchers/cause.ts';
import { endThread, noteHolding } from '../end-thread.ts';
import { Stillness } from '../stillness.ts';
import type { Stop } from '../stop.ts';
import { RankError } from '../threads.ts';
import { type Loss, Watch, type WatchAddress } from './watch.ts';
import { gpuOf, hasOwnGpu, type World } from './world.ts';

/**
 * A rank that is a process of its own. Two threads: the main one has signals, spool, link and watch; a worker computes
 * and makes every MPI call. Measured: with the calls on the main thread, heartbeats of a 10 ms timer came late by a
 * whole step and a signal waited for its end; in the worker the timer kept its pace, and the all-reduce took as long.
 */

/** What the worker is started with. */
export interface MpiInput {
  readonly job: RankJob;
  readonly world: World;
  readonly place: { readonly host: string };
  /** Where rank 0 listens for signs of life; null elsewhere. */
  readonly listening: WatchAddress | null;
  /** One Int32: not 0 once the run is to stop. */
  readonly stop: SharedArrayBuffer;
  /** One Int32: not 0 once a peer is lost. */
  readonly lost: SharedArrayBuffer;
  /** Where the worker shows that it goes on: of one rank. */
  readonly pulses: SharedArrayBuffer;
  readonly sharedGpu: boolean;
  /** Slurm has given this rank a GPU that no other has. */
  readonly ownGpu: boolean;
}

/** What the worker says. */
export type MpiMessage =
  | { readonly type: 'joined'; readonly library: string }
  | { readonly type: 'watch'; readonly address: WatchAddress }
  | { readonly type: 'report'; readonly body: RunEventBody }
  /** It holds a graphics device, which it must let go of before it is ended. */
  | { readonly type: 'holds' }
  | { readonly type: 'done'; readonly outcome: 'finished' | 'stopped'; readonly testMae: number | null }
  | { readonly type: 'left' }
  | { readonly type: 'failed'; readonly name: string; readonly message: string; readonly stack: string };

export type MpiDone = Extract<MpiMessage, { type: 'done' }>;

export interface MpiRankOptions {
  readonly job: RankJob;
  readonly world: World;
  readonly stop: Stop;
  /** Called on rank 0 alone. */
  readonly onReport: (body: RunEventBody) => void;
  readonly log: (sentence: string) => void;
}

/** MPI_Init returns on no rank before all are there. */
const joinSeconds = 120;
const leaveSeconds = 10;
const abortSeconds = 5;
/** So long a rank that lost a peer waits for mpirun or srun to say what became of it. */
const causeSeconds = 2.5;
const logBytes = 65_536;

/**
 * Train as this process's rank. Resolves when all ranks are done and the result is written.
 *
 * @throws LostPeerError naming the rank, its host and what became of it; RankError where this rank or another threw
 */
export async function runMpiRank(options: MpiRankOptions): Promise<MpiDone> {
  const { job, world, stop, log } = options;
  const place = { host: hostname().slice(0, 255) };
  const ownGpu = hasOwnGpu();
  const gpu = gpuOf(world);
  if (gpu) process.env.CUDA_VISIBLE_DEVICES = gpu.visible;
  // Where a peer's connection ends, Open MPI 5 aborts this process from within the call (exit code 14), whatever error
  // handler is set. Later than that the watch has said who was lost.
  process.env.OMPI_MCA_mpi_abort_delay ??= String(abortSeconds);
  readyBackends(1);

  const lost = new SharedArrayBuffer(4);
  const losses = Promise.withResolvers<Loss>();
  const watch =
    world.size > 1
      ? new Watch({ rank: world.rank, size: world.size, host: place.host, onLost: losses.resolve })
      : undefined;
  const listening = watch && world.rank === 0 ? await watch.listen() : null;
  const input: MpiInput = {
    job,
    world,
    place,
    listening,
    stop: stop.shared,
    lost,
    pulses: pulseMemory(1),
    sharedGpu: gpu?.shared ?? false,
    ownGpu,
  };
  const worker = new Worker(new URL('./thread.ts', import.meta.url), { workerData: input });
  const still = Promise.withResolvers<never>();
  const stillness = new Stillness({
    memory: input.pulses,
    ranks: 1,
    onStill: (_, sentence) => still.reject(new RankError(world.rank, 'ThreadExit', sentence)),
  });
  worker.on('message', ({ type }: MpiMessage) => {
    if (type === 'holds' || type === 'done') noteHolding(worker, type === 'holds');
  });
  const work = follow(worker, watch, options);
  let logged = '';
  const logLost = (sentence: string) => {
    if (sentence !== logged) log(`lost: ${sentence}`);
    logged = sentence;
  };
  const lossAsError = losses.promise.then(async (loss): Promise<never> => {
    Atomics.store(new Int32Array(lost), 0, 1);
    // At once: where PMIx tells Slurm of the death (seen: Slurm 24.11 with PMIx 5), Slurm kills this rank within moments.
    if (loss.how === 'gone') logLost(`${loss.sentence}.`);
    throw await errorOf(loss, job);
  });
  try {
    return await Promise.race([work, lossAsError, still.promise]);
  } catch (error) {
    // MPI may notice first that a peer is gone, but not which and why.
    const byMpi = error instanceof RankError && error.errorName === 'LostPeerError';
    const cause = byMpi
      ? await Promise.race([lossAsError.catch((told: Error) => told), sleep(6_500)])
      : undefined;
    const told = cause ?? error;
    if (told instanceof LostPeerError) logLost(told.message);
    else if (told instanceof Error) {
      const errorName = told instanceof RankError ? told.errorName : told.name;
      await watch?.close({ errorName, failed: told.message });
    }
    throw told;
  } finally {
    stillness.stop();
    lossAsError.catch(() => {});
    work.catch(() => {});
    await watch?.close();
    void endThread(worker);
  }
}

function follow(worker: Worker, watch: Watch | undefined, options: MpiRankOptions): Promise<MpiDone> {
  const { world, onReport, log } = options;
  return new Promise((resolve, reject) => {
    let done: MpiDone | undefined;
    const fail = (name: string, message: string, stack?: string) =>
      reject(new RankError(world.rank, name, message, stack));
    const tooLate = setTimeout(() => {
      const missing = watch?.missing().join(', ');
      const who = world.rank === 0 && missing ? `ranks that have not come: ${missing}` : 'not all ranks came';
      fail('LostPeerError', `MPI did not connect the ${world.size} ranks within ${joinSeconds} s: ${who}.`);
    }, 1e3 * joinSeconds);
    const settled = () => clearTimeout(tooLate);
    if (world.size === 1) settled();
    const listen = (message: MpiMessage): void => {
      if (message.type === 'joined') {
        log(`MPI: ${message.library}`);
        if (world.rank > 0) settled();
      } else if (message.type === 'watch') {
        watch?.join(message.address).catch((error: Error) => fail('LostPeerError', `${error.message}.`));
      } else if (message.type === 'report') {
        // All ranks have come where rank 0 knows what each of them computes on.
        settled();
        onReport(message.body);
      } else if (message.type === 'failed') fail(message.name, message.message, message.stack);
      else if (message.type === 'done') {
        done = message;
        setTimeout(() => resolve(message), 1e3 * leaveSeconds).unref();
      } else if (done) resolve(done);
    };
    worker.on('message', (message: MpiMessage) => {
      try {
        listen(message);
      } catch (error) {
        const { name, message, stack } = error as Error;
        fail(name, message, stack);
      }
    });
    worker.on('error', (error: NodeJS.ErrnoException) => {
      const name = error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'ThreadExit' : error.name;
      fail(name, error.message, error.stack);
    });
    worker.on('exit', (code) => {
      settled();
      if (done) resolve(done);
      else fail('ThreadExit', `its thread ended with code ${code}`);
    });
  });
}

/** Why a peer is lost. Of one that is gone without a word, its starter may know more: a signal, want of memory. */
async function errorOf(loss: Loss, { folder }: RankJob): Promise<Error> {
  const { rank, host, how, sentence, errorName } = loss;
  if (how === 'failed') return new RankError(rank, errorName ?? 'Error', sentence);
  for (let waited = 0; how === 'gone' && waited < causeSeconds; waited += 0.1) {
    const cause = causeInLog(tail(folder, 'rank.log', logBytes).text)?.sentence;
    if (cause?.startsWith(`rank ${rank} on ${host} was killed`) || cause?.includes('memory')) {
      return new LostPeerError(cause);
    }
    await sleep(100);
  }
  return new LostPeerError(`${sentence}.`);
}
