import { setImmediate as turn } from 'node:timers/promises';
import { type Collective, LostPeerError } from '@litmatter/training';
import type { MpiLibrary } from './library.ts';

export interface MpiCollectiveOptions {
  readonly rank: number;
  readonly size: number;
  /** How long a rank waits for the others before it gives them up. */
  readonly deadlineSeconds?: number;
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
 * MPI moves what was started on when it is called and at no other time (no progress thread is asked for): a computation
 * that an all-reduce is to go on beside calls `advance` now and then.
 *
 * The order of a sum is MPI's: the standard advises, and does not promise, that the same call with the same number of
 * ranks gives the same bits again and on every rank. The algorithms of Open MPI and MPICH add in an order that follows
 * from rank, size and length, never from who came first, and hand every rank the same sums. Other numbers of ranks,
 * other cuts into parts and other libraries differ in the last bits.
 */
export class MpiCollective implements Collective {
  readonly kind = 'mpi';
  readonly rank: number;
  readonly size: number;
  readonly #mpi: MpiLibrary;
  readonly #deadline: number;
  readonly #lost: () => string | null;
  readonly #cell = new Int32Array(new SharedArrayBuffer(4));
  /** What MPI works on: held until it has done so. */
  #held: unknown[] = [];

  constructor(mpi: MpiLibrary, options: MpiCollectiveOptions) {
    this.rank = options.rank;
    this.size = options.size;
    this.#mpi = mpi;
    this.#deadline = 1e3 * (options.deadlineSeconds ?? defaultDeadlineSeconds);
    this.#lost = options.lost ?? (() => null);
  }

  async allReduce(values: Float32Array): Promise<void> {
    await this.#inPlace(values, 'an all-reduce', (whole) => this.#mpi.startAllReduce(whole));
  }

  startAllReduce(values: Float32Array): void {
    if (isMovable(values)) throw new RangeError(`${values.length} floats may move while MPI works on them`);
    this.#held.push(values);
    this.#guarded('an all-reduce', () => this.#mpi.startAllReduce(values));
  }

  advance(): void {
    if (this.#held.length > 0) this.#finished('an all-reduce');
  }

  async broadcast(values: Float32Array, root = 0): Promise<void> {
    await this.#inPlace(values, 'a broadcast', (whole) => this.#mpi.startBroadcast(whole, root));
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

  /** Start an operation on a vector, and wait for it and all that was started before. */
  async #inPlace(values: Float32Array, what: string, start: (still: Float32Array) => void): Promise<void> {
    const buffer = isMovable(values) ? new Float32Array(movableBytes).subarray(0, values.length) : values;
    if (buffer !== values) buffer.set(values);
    this.#held.push(buffer);
    this.#guarded(what, () => start(buffer));
    await this.#done(what);
    if (buffer !== values) values.set(buffer);
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

function isMovable({ buffer }: Float32Array): boolean {
  return buffer.byteLength <= movableBytes;
}

/** Room for doubles that nothing moves. */
function still(length: number): Float64Array {
  return new Float64Array(Math.max(length, movableBytes)).subarray(0, length);
}
