/**
 * Which edges a model wants between the atoms of a molecule. Every kind is symmetric: with j -> i there is i -> j.
 * - `radius`: all pairs closer than `cutoff` angstrom (strictly), no self loops (PyG's radius_graph)
 * - `complete`: every ordered pair, no self loops
 * - `bonds`: both directions of every bond
 */
export type GraphSpec =
  | { readonly kind: 'radius'; readonly cutoff: number }
  | { readonly kind: 'complete' }
  | { readonly kind: 'bonds' };

/**
 * A batch of M molecules as one graph of N atoms and E directed edges j -> i, in typed arrays.
 *
 * Edges are sorted by target i, then by source j. Beside them stand two padded tables [N, D] (D = the batch's
 * largest in-degree): with them a sum over neighbours is a gather and a sum over an axis, and so is its gradient
 * (no scatter, deterministic, the same on every backend). Padding slots hold the index E.
 */
export interface Batch {
  readonly molecules: number;
  readonly atoms: number;
  readonly edges: number;
  /** Undirected pairs: E / 2. */
  readonly pairs: number;
  /** D: columns of `inSlots` and `outSlots`. */
  readonly slots: number;
  /** A: columns of `moleculeSlots`, the largest molecule's atom count. */
  readonly moleculeSize: number;

  /** [N] */
  readonly atomicNumbers: Int32Array;
  /** [N, 3] angstrom; zeros where the data set has no geometry. */
  readonly positions: Float32Array;
  /** [N] index of the atom's molecule; ascending. */
  readonly moleculeOf: Int32Array;
  /** [M, A] atom indices of each molecule, N for padding. */
  readonly moleculeSlots: Int32Array;

  /** [E] j */
  readonly source: Int32Array;
  /** [E] i, ascending. */
  readonly target: Int32Array;
  /** [E] index of the edge i -> j for e = j -> i. */
  readonly reverse: Int32Array;
  /** [E] index of the undirected pair {i, j}, 0 .. P-1. */
  readonly pairOf: Int32Array;
  /** [P, 2] the two edges of each pair. */
  readonly pairEdges: Int32Array;
  /** [N, D] the edges into each atom, E for padding. */
  readonly inSlots: Int32Array;
  /** [N, D] the edges out of each atom, E for padding. */
  readonly outSlots: Int32Array;
  /** [P] |r_i - r_j| in angstrom, float32. */
  readonly pairDistance: Float32Array;
  /** [E] bond order of each edge: 0 none, 1 single, 2 double, 3 triple, 4 aromatic. */
  readonly bondOrder: Uint8Array;

  /** [M] the chosen target in its own unit; NaN-free. */
  readonly y: Float32Array;
}
