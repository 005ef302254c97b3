/**
 * How ranks exchange gradients. Every rank calls the same operations in the same order.
 * A rank that waits longer than the collective's deadline for a peer throws a LostPeerError.
 */
export interface Collective {
  readonly kind: 'single' | 'threads' | 'mpi';
  readonly rank: number;
  readonly size: number;
  /**
   * Sum over ranks, in place. `single` and `threads` add in rank order: the same bits on every rank and at every
   * repetition. Under `mpi` the order is the library's, which need not be that of ranks: the same bits are what Open MPI
   * and MPICH give for the same number of ranks and length, and what the MPI standard advises without promising it.
   */
  allReduce(values: Float32Array): Promise<void>;
  /**
   * Start adding up values over ranks, in place, and go on computing meanwhile: they are the sum when the next `allReduce`
   * is done, and nobody may touch them before. Left out where nothing goes on beside a computation.
   */
  startAllReduce?(values: Float32Array): void;
  /** Let what was started go on: MPI does so only when it is called. Never waits. */
  advance?(): void;
  /** Copy the root's values to every rank, in place. */
  broadcast(values: Float32Array, root?: number): Promise<void>;
  /** Every rank's values, by rank, on rank 0; undefined elsewhere. All ranks pass the same length. */
  gather(values: Float64Array): Promise<Float64Array[] | undefined>;
  barrier(): Promise<void>;
}

/** A collective that adds up nothing beside a computation. */
export function atOnce(collective: Collective): Collective {
  const { kind, rank, size } = collective;
  return {
    ...{ kind, rank, size },
    allReduce: (values) => collective.allReduce(values),
    broadcast: (values, root) => collective.broadcast(values, root),
    gather: (values) => collective.gather(values),
    barrier: () => collective.barrier(),
  };
}

/** A peer did not arrive before the deadline: the attempt is over, and can be resumed (exit code 75). */
export class LostPeerError extends Error {
  override readonly name = 'LostPeerError';
}
