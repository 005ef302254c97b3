import { setImmediate as turn } from 'node:timers/promises';
import { type Collective, LostPeerError } from '@litmatter/training';
import { type MpiLibrary, mostRequests } from './library.ts';

export interface MpiCollectiveOptions {
  readonly rank: number;
  readonly size: number;
  /** How long a rank waits for the others before it gives them up. */
  readonly deadlineSeconds?: number;
  /**
   * Floats reduced by one non-blocking operation: an all-reduce of more is several that go on at once. Where it is
   * left out, ranks meet first and then reduce in one blocking call.
   */
  readonly bucketFloats?: number;
  /** A sentence once a peer is known to be lost: waiting for it then ends at once. */
  readonly lost?: () => string | null;
}

/** Longer than any step: a rank that is dead or stopped is noticed in seconds by the watch (watch.ts). */
const defaultDeadlineSeconds = 600;

/** So long it asks without a nap: peers of like speed arrive within it, and a nap would be longer than the wait. */
const eagerMilliseconds = 5;
const napMilliseconds = 0.05;
const turnMilliseconds = 20;

/** Arrays up to so many bytes lie on the JavaScript heap, where the collector moves them. */
const movableBytes = 64;

/**
 * Ranks that are processes, joined by MPI. Every wait for peers is a non-blocking operation that is asked for until it
 * is done: a blocking call would wait for a dead peer for ever, and MPI reports none (seen: Open MPI 4.1).
 *
 * An all-reduce is a non-blocking barrier, in which late ranks are waited for, and then MPI_Allreduce. A rank that dies
 * within the blocking call is noticed by the watch, which ends the process from outside.
 *
 * Nothing of it goes on while the gradient is still being computed: there is too little to hide. Measured on two cores
 * with Open MPI 4.1: the 456,000 floats of SchNet (paper) take 0.2 ms with two ranks and 0.9 ms with four, of steps of
 * 400 ms and more; what else counts as communication is waiting for a slower rank. In buckets by MPI_Iallreduce, which
 * has fewer algorithms to choose from, 0.5 M floats take 0.4 to 0.6 ms with two ranks where this takes 0.2, and 1 M
 * floats 2.1 to 2.3 ms where this takes 0.4. So buckets are for whoever asks for them.
 *
 * The order of a sum is MPI's: the standard advises, and does not promise, that the same call with the same number of
 * ranks gives the same bits again and on every rank. The algorithms of Open MPI and MPICH add in an order that follows
 * from rank, size and length, never from who came first, and hand every rank the same sums. Other numbers of ranks,
 * other bucket sizes and other libraries differ in the last bits.
 */
export class MpiCollective implements Collective {
  readonly kind = 'mpi';
  readonly rank: number;
  readonly size: number;
  readonly #mpi: MpiLibrary;
  readonly #deadline: number;
  readonly #bucket: number | undefined;
  readonly #lost: () => string | null;
  readonly #cell = new Int32Array(new SharedArrayBuffer(4));
  /** What MPI works on: held until it has done so. */
  #held: unknown[] = [];

  constructor(mpi: MpiLibrary, options: MpiCollectiveOptions) {
    this.rank = options.rank;
    this.size = options.size;
    this.#mpi = mpi;
    this.#deadline = 1e3 * (options.deadlineSeconds ?? defaultDeadlineSeconds);
    this.#bucket = options.bucketFloats;
    this.#lost = options.lost ?? (() => null);
  }

  async allReduce(values: Float32Array): Promise<void> {
    if (this.#bucket !== undefined || values.byteLength <= movableBytes) {
      await this.#inPlace(values, 'an all-reduce', (part) => this.#mpi.startAllReduce(part));
      return;
    }
    await this.barrier();
    this.#guarded('an all-reduce', () => this.#mpi.allReduce(values));
  }

  async broadcast(values: Float32Array, root = 0): Promise<void> {
    await this.#inPlace(values, 'a broadcast', (part) => this.#mpi.startBroadcast(part, root));
  }

  async gather(values: Float64Array): Promise<Float64Array[] | undefined> {
    const { length } = values;
    if (length === 0) return this.rank === 0 ? Array.from({ length: this.size }, () => values) : undefined;
    const own = still(length);
    own.set(values);
    const all = this.rank === 0 ? still(this.size * length) : null;
    this.#held = [own, all];
    this.#mpi.startGather(own, all);
    await this.#done('a gather');
    return all
      ? Array.from({ length: this.size }, (_, r) => all.slice(r * length, (r + 1) * length))
      : undefined;
  }

  async barrier(deadlineSeconds?: number): Promise<void> {
    this.#mpi.startBarrier();
    await this.#done('a barrier', deadlineSeconds === undefined ? undefined : 1e3 * deadlineSeconds);
  }

  /** Start an operation for each bucket of a vector, and wait for them all. */
  async #inPlace(values: Float32Array, what: string, start: (part: Float32Array) => void): Promise<void> {
    const { length } = values;
    const movable = values.byteLength <= movableBytes;
    const buffer = movable ? new Float32Array(movableBytes) : values;
    if (movable) buffer.set(values);
    const bucket = Math.max(this.#bucket ?? length, Math.ceil(length / mostRequests), 1);
    for (let at = 0; at < length; at += bucket) {
      const part = buffer.subarray(at, Math.min(at + bucket, length));
      this.#held.push(part);
      start(part);
    }
    if (length > 0) await this.#done(what);
    if (movable) values.set(buffer.subarray(0, length));
  }

  /** Wait until what was started is done. @throws LostPeerError */
  async #done(what: string, deadline = this.#deadline): Promise<void> {
    const began = performance.now();
    for (let turned = began; !this.#finished(what); ) {
      const now = performance.now();
      const waited = now - began;
      if (waited < eagerMilliseconds) {
        this.#mpi.giveWay();
        continue;
      }
      const lost = this.#lost();
      if (lost !== null) throw new LostPeerError(lost);
      if (waited > deadline) {
        throw new LostPeerError(
          `rank ${this.rank} waited ${Math.round(deadline / 1e3)} s for the other ranks in ${what}: one of them does not go on.`,
        );
      }
      if (now - turned > turnMilliseconds) {
        await turn();
        turned = performance.now();
      } else {
        // Sleep: on a machine with more ranks than cores the core is another's.
        Atomics.wait(this.#cell, 0, 0, napMilliseconds);
      }
    }
    this.#held = [];
  }

  #finished(what: string): boolean {
    return this.#guarded(what, () => this.#mpi.done());
  }

  #guarded<T>(what: string, call: () => T): T {
    try {
      return call();
    } catch (error) {
      throw new LostPeerError(`rank ${this.rank} lost its peers in ${what}: ${(error as Error).message}.`);
    }
  }
}

/** Room for doubles that nothing moves. */
function still(length: number): Float64Array {
  return new Float64Array(Math.max(length, movableBytes)).subarray(0, length);
}
