import { engine } from '@tensorflow/tfjs-core';
import type { Collective } from './collective/collective.ts';

/**
 * Signs of life of a rank, for a thread that watches it from outside: how many kernels it has run, how many exchanges it
 * has done, and whether it stands still for a reason (it waits for the others, or for a disk). A long step of a large model
 * runs thousands of kernels; a thread that hangs, or computes for ever, runs none and reaches no exchange.
 */

const perRank = 3;
const [beatsAt, exchangesAt, restsAt] = [0, 1, 2];

/** Memory for the pulses of some ranks: post it to each of their threads. */
export function pulseMemory(ranks: number): SharedArrayBuffer {
  return new SharedArrayBuffer(4 * perRank * ranks);
}

export interface PulseReading {
  /** Moves as long as the rank does. */
  readonly beats: number;
  readonly exchanges: number;
  readonly resting: boolean;
}

export function readPulse(memory: SharedArrayBuffer, rank: number): PulseReading {
  const counts = new Int32Array(memory, 4 * perRank * rank, perRank);
  return {
    beats: Atomics.load(counts, beatsAt),
    exchanges: Atomics.load(counts, exchangesAt),
    resting: Atomics.load(counts, restsAt) > 0,
  };
}

export class Pulse {
  readonly #counts: Int32Array;

  constructor(memory: SharedArrayBuffer, rank: number) {
    this.#counts = new Int32Array(memory, 4 * perRank * rank, perRank);
  }

  beat(): void {
    Atomics.add(this.#counts, beatsAt, 1);
  }

  /** Beat at every kernel that this thread runs from now on. */
  followKernels(): void {
    const its = engine();
    const run = its.runKernel;
    its.runKernel = (...given) => {
      this.beat();
      return run.apply(its, given) as never;
    };
  }

  /** Stand still for a reason meanwhile. */
  resting<R>(work: () => R): R {
    Atomics.add(this.#counts, restsAt, 1);
    try {
      return work();
    } finally {
      this.#rested();
    }
  }

  /** What comes is not to be judged by its pulse. */
  end(): void {
    Atomics.add(this.#counts, restsAt, 1);
  }

  /** A collective whose waiting is known for what it is. */
  around(collective: Collective): Collective {
    const through = async <R>(exchange: () => Promise<R>): Promise<R> => {
      Atomics.add(this.#counts, restsAt, 1);
      try {
        return await exchange();
      } finally {
        Atomics.add(this.#counts, exchangesAt, 1);
        this.#rested();
      }
    };
    const { kind, rank, size, startAllReduce, advance } = collective;
    return {
      ...{ kind, rank, size },
      ...(startAllReduce && { startAllReduce: startAllReduce.bind(collective) }),
      ...(advance && { advance: advance.bind(collective) }),
      allReduce: (values) => through(() => collective.allReduce(values)),
      broadcast: (values, root) => through(() => collective.broadcast(values, root)),
      gather: (values) => through(() => collective.gather(values)),
      barrier: () => through(() => collective.barrier()),
    };
  }

  #rested(): void {
    this.beat();
    Atomics.sub(this.#counts, restsAt, 1);
  }
}
