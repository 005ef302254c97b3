/**
 * Which edges a model wants between the atoms of a molecule. Every kind is symmetric: with j -> i there is i -> j.
 * - `radius`: all pairs closer than `cutoff` angstrom (strictly), no self loops (PyG's radius_graph); with `triplets`,
 *   batches also have the angles of every k -> j -> i
 * - `complete`: every ordered pair, no self loops
 * - `bonds`: both directions of every bond; with `atomTypes`, between atoms of ZINC's types, hydrogens folded into them
 */
export type GraphSpec =
  | { readonly kind: 'radius'; readonly cutoff: number; readonly triplets?: boolean }
  | { readonly kind: 'complete' }
  | { readonly kind: 'bonds'; readonly atomTypes?: 'zinc' };

/**
 * The T triplets k -> j -> i (k != i) of a batch, in a square for each middle atom j: d_j in-edges k -> j and as many
 * out-edges j -> i make a matrix [d_j, d_j]. Row a is the out-edge `reverse[edgeStart[j] + a]`, column b the in-edge
 * `edgeStart[j] + b`; on the diagonal k = i, which is no triplet. Squares stand row-major one after the other, so a sum
 * over k is a product of j's square with the rows of j's in-edges: no index of a triplet is ever stored or gathered.
 */
export interface Triplets {
  /** T = Q - E. */
  readonly count: number;
  /** [N + 1] where each atom's square begins; the last is Q, the sum of d_j squared. */
  readonly squareStart: Int32Array;
  /**
   * [Q] cosine of the angle at atom i between r_j - r_i and r_k - r_i, in float64; 0 on the diagonal. The angle is
   * where PyTorch Geometric's DimeNet takes it: its paper has the one at j.
   */
  readonly cosine: Float64Array;
}

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
  /** [N + 1] the edges into atom i are edgeStart[i] .. edgeStart[i + 1] - 1; so their difference is its in-degree. */
  readonly edgeStart: Int32Array;
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
  /** Where the graph spec asks for them. */
  readonly triplets?: Triplets;

  /** [N] id of each atom's type in ZINC's vocabulary; null where the set has none. */
  readonly atomTypes: Int32Array | null;
  /** [M] the chosen target in its own unit; NaN-free. */
  readonly y: Float32Array;
}
