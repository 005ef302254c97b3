import { type Model, readsAtOnce } from '@litmatter/models';
import { type Ahead, type AheadPlan, planAhead } from './ahead.ts';
import type { Collective } from './collective/collective.ts';

/**
 * Floats of a part that is sent ahead: 512 KiB. Measured with Open MPI 4.1 on one machine, parts of 128 KiB took half as
 * long again as the whole vector at once, parts of 512 KiB a tenth more.
 */
const partFloats = 2 ** 17;
/** Of a large model parts are larger: each is a request that MPI keeps. */
const mostParts = 64;

/** Before loss, buffers and gradient: how many samples the sum holds, how many ranks were asked to stop. */
const [countAt, stopAt, ownAt] = [0, 1, 2];

/**
 * What ranks tell each other at every step, as one vector that is added up over them:
 *
 *     [samples in the sum, ranks asked to stop, loss sum, S buffers, P gradient of the loss sum]
 *
 * Where the collective can add up a part while something else is being computed, the gradient stands in the order in which
 * the model takes its parameters up, and leaves from its end on while its beginning is still unknown (ahead.ts). The head
 * goes last, with what is left of the gradient.
 */
export class StepExchange {
  readonly #collective: Collective;
  readonly #model: Model;
  readonly #plan: AheadPlan | undefined;
  readonly #vector: Float32Array;
  readonly #gradientAt: number;
  readonly #gradient: Float32Array;
  /** To be given to the gradient's computation; undefined where all goes at once. */
  readonly ahead: Ahead | undefined;

  /** @param used - places of parameters in the order of first use, the same on every rank; left out to send all at once */
  constructor(collective: Collective, model: Model, used?: readonly number[], floats = partFloats) {
    const { layout, buffers } = model;
    this.#collective = collective;
    this.#model = model;
    this.#gradientAt = ownAt + 1 + (buffers?.size ?? 0);
    this.#vector = new Float32Array(this.#gradientAt + layout.size);
    const { startAllReduce, advance } = collective;
    const size = Math.max(floats, Math.ceil(layout.size / mostParts));
    const plan = used && startAllReduce && advance ? planAhead(layout, used, size) : undefined;
    if (!plan || plan.parts.length === 0) {
      this.#gradient = this.#vector.subarray(this.#gradientAt);
      return;
    }
    this.#plan = plan;
    this.#gradient = new Float32Array(layout.size);
    this.ahead = {
      plan,
      take: ({ offset, size }, values) => {
        const at = this.#gradientAt + offset;
        const part = this.#vector.subarray(at, at + size);
        part.set(values);
        startAllReduce?.call(collective, part);
      },
      advance: () => advance?.call(collective),
    };
  }

  /** Where this rank's loss sum, buffers and what has not left ahead of its gradient belong, in this order. */
  get own(): Float32Array {
    return this.#vector.subarray(ownAt, this.#left);
  }

  /** End of what has not left ahead. */
  get #left(): number {
    const first = this.#plan?.parts.at(-1);
    return first ? this.#gradientAt + first.offset : this.#vector.length;
  }

  /** Add up over ranks. `counted`: samples in this rank's loss sum. Buffers are rank 0's. */
  async sum(counted: number, stop: boolean): Promise<StepSum> {
    const vector = this.#vector;
    const { rank } = this.#collective;
    if (rank > 0) vector.fill(0, ownAt + 1, this.#gradientAt);
    vector[countAt] = counted;
    vector[stopAt] = stop ? 1 : 0;
    await this.#collective.allReduce(vector.subarray(0, this.#left));
    if (this.#plan) this.#toLayout(this.#plan);
    return {
      count: vector[countAt],
      stop: vector[stopAt] > 0,
      loss: vector[ownAt],
      buffers: vector.subarray(ownAt + 1, this.#gradientAt),
      gradient: this.#gradient,
    };
  }

  /** From the order of use to the layout's. */
  #toLayout({ order }: AheadPlan): void {
    const { entries } = this.#model.layout;
    let at = this.#gradientAt;
    for (const place of order) {
      const { offset, size } = entries[place];
      this.#gradient.set(this.#vector.subarray(at, at + size), offset);
      at += size;
    }
  }
}

/** Over all ranks; valid until the next step begins. */
export interface StepSum {
  /** Distinct samples. */
  readonly count: number;
  /** Whether any rank was asked to stop. */
  readonly stop: boolean;
  readonly loss: number;
  /** [S], rank 0's. */
  readonly buffers: Float32Array;
  /** Of the loss sum, in the layout's order: [P]. */
  readonly gradient: Float32Array;
}

/**
 * The order in which the model takes its parameters up, the same on every rank: as rank 0 sees it with one of its batches.
 * Undefined where nothing can be sent ahead.
 */
export async function agreedOrder(
  collective: Collective,
  model: Model,
  ownOrder: () => number[],
): Promise<number[] | undefined> {
  if (collective.size === 1 || !collective.startAllReduce || !readsAtOnce()) return undefined;
  const told = new Float32Array(model.layout.entries.length).fill(-1);
  if (collective.rank === 0) told.set(ownOrder());
  await collective.broadcast(told);
  return [...told].filter((place) => place >= 0);
}
