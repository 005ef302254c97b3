import { type Collective, LostPeerError } from './collective.ts';

/**
 * The memory ranks share: post it to each thread and join it there. `slots` holds one buffer of `capacity` floats
 * per rank, and one more for results.
 */
export interface ThreadsMemory {
  readonly size: number;
  /** Floats per buffer; longer vectors go through in several rounds. */
  readonly capacity: number;
  /** How long a rank waits for the others before it gives them up. */
  readonly deadlineSeconds: number;
  readonly control: SharedArrayBuffer;
  readonly slots: SharedArrayBuffer;
}

/** Places in the control block; `perRank` numbers of each rank follow. */
const generationAt = 0;
const waitingAt = 1;
const abandonedAt = 2;
const header = 16;
/** A cache line a rank: arrivals, operation, length. */
const perRank = 16;

const operations = ['allReduce', 'broadcast', 'gather', 'barrier'] as const;
type Operation = (typeof operations)[number];

export interface ThreadsOptions {
  readonly capacity?: number;
  readonly deadlineSeconds?: number;
}

/** Lay out the memory for `size` ranks. Pages never touched cost nothing, so `capacity` may be generous. */
export function threadsMemory(size: number, options: ThreadsOptions = {}): ThreadsMemory {
  const { capacity = 2 ** 20, deadlineSeconds = 120 } = options;
  const even = capacity + (capacity % 2);
  return {
    size,
    capacity: even,
    deadlineSeconds,
    control: new SharedArrayBuffer(4 * (header + perRank * size)),
    slots: new SharedArrayBuffer(4 * even * (size + 1)),
  };
}

/**
 * Say that a rank is gone, so that no other waits for it: they throw a LostPeerError at once. Called by the rank
 * itself, or by the thread that saw it die.
 */
export function abandon(memory: ThreadsMemory, rank: number): void {
  const control = new Int32Array(memory.control);
  Atomics.compareExchange(control, abandonedAt, 0, rank + 1);
  // The generation moves too: a peer between its last look and its wait would otherwise sleep until its deadline.
  Atomics.add(control, generationAt, 1);
  Atomics.notify(control, generationAt);
}

/**
 * Ranks that are threads of one process (worker_threads, or web workers of a cross-origin isolated page).
 *
 * An all-reduce is a reduce-scatter and an all-gather through shared memory: each rank writes its values, adds up its
 * own share of them over all ranks, in rank order, and reads the whole sum. Waiting sleeps in the kernel (a futex
 * under `Atomics.wait`), so more ranks than cores do not take the cores from the ones that work.
 */
export class ThreadsCollective implements Collective {
  readonly kind = 'threads';
  readonly rank: number;
  readonly size: number;
  readonly #memory: ThreadsMemory;
  readonly #control: Int32Array;
  readonly #slots: readonly Float32Array[];
  readonly #result: Float32Array;
  #announced = false;

  constructor(memory: ThreadsMemory, rank: number) {
    const { size, capacity } = memory;
    if (!(Number.isInteger(rank) && rank >= 0 && rank < size)) {
      throw new RangeError(`rank ${rank} of ${size}`);
    }
    this.rank = rank;
    this.size = size;
    this.#memory = memory;
    this.#control = new Int32Array(memory.control);
    const slot = (i: number) => new Float32Array(memory.slots, 4 * capacity * i, capacity);
    this.#slots = Array.from({ length: size }, (_, i) => slot(i));
    this.#result = slot(size);
  }

  /** Wake every peer with a LostPeerError: this rank will not come again. */
  abandon(): void {
    abandon(this.#memory, this.rank);
  }

  async allReduce(values: Float32Array): Promise<void> {
    this.#announce('allReduce', values.length);
    this.#inRounds(values.length, this.#memory.capacity, (start, end) => {
      const part = values.subarray(start, end);
      this.#slots[this.rank].set(part);
      this.#meet();
      this.#reduceShare(part.length);
      this.#meet();
      // Safe to read until this rank's next meeting: results are written after it only.
      part.set(this.#result.subarray(0, part.length));
    });
  }

  /** Add up this rank's share of the first `length` floats of all slots, in rank order. */
  #reduceShare(length: number): void {
    const first = Math.floor((length * this.rank) / this.size);
    const last = Math.floor((length * (this.rank + 1)) / this.size);
    const result = this.#result;
    result.set(this.#slots[0].subarray(first, last), first);
    for (let r = 1; r < this.size; r++) {
      const slot = this.#slots[r];
      for (let i = first; i < last; i++) result[i] += slot[i];
    }
  }

  async broadcast(values: Float32Array, root = 0): Promise<void> {
    this.#announce('broadcast', values.length);
    this.#inRounds(values.length, this.#memory.capacity, (start, end) => {
      const part = values.subarray(start, end);
      if (this.rank === root) this.#slots[root].set(part);
      this.#meet();
      if (this.rank !== root) part.set(this.#slots[root].subarray(0, part.length));
      this.#meet();
    });
  }

  async gather(values: Float64Array): Promise<Float64Array[] | undefined> {
    this.#announce('gather', values.length);
    const doubles = (slot: Float32Array, length: number) =>
      new Float64Array(slot.buffer, slot.byteOffset, length);
    const gathered =
      this.rank === 0 ? Array.from({ length: this.size }, () => new Float64Array(values.length)) : undefined;
    this.#inRounds(values.length, this.#memory.capacity / 2, (start, end) => {
      doubles(this.#slots[this.rank], end - start).set(values.subarray(start, end));
      this.#meet();
      for (const [r, own] of (gathered ?? []).entries()) {
        own.set(doubles(this.#slots[r], end - start), start);
      }
      this.#meet();
    });
    return gathered;
  }

  async barrier(): Promise<void> {
    this.#announce('barrier', 0);
    this.#inRounds(0, 1, () => {
      this.#meet();
      this.#meet();
    });
  }

  /** Cut an operation on `length` values into rounds of at most `most`; each meets twice. */
  #inRounds(length: number, most: number, round: (start: number, end: number) => void): void {
    for (let start = 0; start === 0 || start < length; start += most) {
      round(start, Math.min(start + most, length));
    }
  }

  /** Write down what this rank is about to do; the first meeting of the operation compares. */
  #announce(operation: Operation, length: number): void {
    const own = header + perRank * this.rank;
    this.#control[own + 1] = operations.indexOf(operation);
    this.#control[own + 2] = length;
    this.#announced = true;
  }

  /** After the first meeting of an operation: all ranks must mean the same one. */
  #compare(): void {
    if (!this.#announced) return;
    this.#announced = false;
    const at = (r: number) => header + perRank * r;
    const own = at(this.rank);
    const same = (i: number) =>
      this.#control[i + 1] === this.#control[own + 1] && this.#control[i + 2] === this.#control[own + 2];
    const said = (i: number) => `${operations[this.#control[i + 1]]} of ${this.#control[i + 2]} values`;
    for (let r = 0; r < this.size; r++) {
      if (same(at(r))) continue;
      throw new Error(`Ranks disagree: rank ${r} called ${said(at(r))}, rank ${this.rank} ${said(own)}.`);
    }
  }

  /** Wait until every rank is here. @throws LostPeerError */
  #meet(): void {
    const control = this.#control;
    const generation = Atomics.load(control, generationAt);
    this.#checkAbandoned();
    Atomics.add(control, header + perRank * this.rank, 1);
    if (Atomics.add(control, waitingAt, 1) + 1 === this.size) {
      Atomics.store(control, waitingAt, 0);
      Atomics.add(control, generationAt, 1);
      Atomics.notify(control, generationAt);
      this.#compare();
      return;
    }
    const deadline = performance.now() + 1000 * this.#memory.deadlineSeconds;
    while (Atomics.load(control, generationAt) === generation) {
      const left = deadline - performance.now();
      if (left <= 0) this.#giveUp();
      Atomics.wait(control, generationAt, generation, left);
    }
    this.#checkAbandoned();
    this.#compare();
  }

  /** The deadline is over: name the peer that has met the others less often, and release those that still wait. */
  #giveUp(): void {
    const arrivals = Array.from({ length: this.size }, (_, r) =>
      Atomics.load(this.#control, header + perRank * r),
    );
    const late = arrivals.findIndex((n) => n < arrivals[this.rank]);
    // The last one came at the last moment: the meeting is about to be over.
    if (late < 0) return;
    abandon(this.#memory, late);
    throw new LostPeerError(
      `Rank ${late} did not answer for ${this.#memory.deadlineSeconds} s; rank ${this.rank} waited for it.`,
    );
  }

  #checkAbandoned(): void {
    const gone = Atomics.load(this.#control, abandonedAt) - 1;
    if (gone < 0) return;
    throw new LostPeerError(`Rank ${gone} is gone; rank ${this.rank} needs it to go on.`);
  }
}
