import { angularFunctions, type Batch, type Triplets } from '@litmatter/molecules';
import {
  addN,
  concat,
  gather,
  keep,
  matMul,
  reshape,
  split,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  tensor1d,
  tensor2d,
  tensor3d,
  transpose,
} from '@tensorflow/tfjs-core';
import { differentiable, hasKernel, runKernel } from './op.ts';
import { applyLevel, type Level, uploadLevel } from './rows.ts';

/**
 * The triplets k -> j -> i of a batch on the backend, as a square for each middle atom j: its in-edges k -> j by its
 * out-edges j -> i. No triplet has a row of its own.
 */
export type TripletGraph = TripletEdges | TripletGroups;

/** For kernels of ours: squares of every size, one after the other. */
interface TripletEdges {
  readonly kind: 'ragged';
  /** [Q, L] angular functions of every place of the squares; zero where k = i. */
  readonly angular: Tensor2D;
  /** [N + 1] int32: the edges into atom j are start[j] .. start[j + 1] - 1. */
  readonly start: Tensor1D;
  /** [N + 1] int32: where the square of atom j begins. */
  readonly squares: Tensor1D;
  /** [E] int32 */
  readonly pair: Tensor1D;
  readonly reverse: Tensor1D;
}

/**
 * For the composed form: squares of one size in each group of atoms with like numbers of neighbours, which take R rows
 * together. Rows without an edge repeat some other; the weights of what comes from or goes to them are zero.
 */
interface TripletGroups {
  readonly kind: 'padded';
  readonly groups: readonly Group[];
  /** [R] int32: the edge of each row as k -> j, its pair, and the edge that it is as j -> i. */
  readonly incoming: Tensor1D;
  readonly pair: Tensor1D;
  readonly outgoing: Tensor1D;
  /** [E] int32: the row of each edge as j -> i. */
  readonly rowOf: Tensor1D;
  /** Sums over rows: [R, F] to edges [E, F] and to pairs [P, F]. */
  readonly toEdges: Level;
  readonly toPairs: Level;
}

interface Group {
  readonly atoms: number;
  /** D */
  readonly slots: number;
  /** [atoms D, D, L]: in-edge k, then out-edge i. */
  readonly angular: Tensor3D;
}

/** Into so many groups atoms are sorted: about a tenth of the rows is then padding. */
const groupCount = 4;

/** @param degrees - L: angular functions Y_0 .. Y_{L - 1} */
export function uploadTriplets(batch: Batch, degrees: number): TripletGraph {
  const { triplets } = batch;
  if (!triplets) throw new Error('The batch has no triplets: ask for them in the graph spec.');
  const angular = angularFunctions(triplets, degrees);
  return hasKernel('Bilinear')
    ? uploadRagged(batch, triplets, angular, degrees)
    : uploadGroups(batch, triplets, angular, degrees);
}

const ints = (values: ArrayLike<number>) => keep(tensor1d(Int32Array.from(values), 'int32'));

/** No tensor is empty. */
function some(values: Int32Array): ArrayLike<number> {
  return values.length > 0 ? values : [0];
}

function uploadRagged(
  batch: Batch,
  { squareStart }: Triplets,
  angular: Float32Array,
  degrees: number,
): TripletEdges {
  const values = angular.length > 0 ? angular : new Float32Array(degrees);
  return {
    kind: 'ragged',
    angular: keep(tensor2d(values, [values.length / degrees, degrees])),
    start: ints(batch.edgeStart),
    squares: ints(squareStart),
    pair: ints(some(batch.pairOf)),
    reverse: ints(some(batch.reverse)),
  };
}

/** Atoms by in-degree, in groups of about the same number of atoms. */
function sortedGroups({ atoms, edgeStart }: Batch): { atoms: Int32Array; slots: number }[] {
  const degree = (i: number) => edgeStart[i + 1] - edgeStart[i];
  const order = Int32Array.from({ length: atoms }, (_, i) => i).sort((i, j) => degree(i) - degree(j));
  const size = Math.ceil(atoms / groupCount);
  return Array.from({ length: Math.ceil(atoms / size) }, (_, c) => {
    const part = order.subarray(c * size, (c + 1) * size);
    return { atoms: part, slots: Math.max(1, degree(part[part.length - 1])) };
  });
}

function uploadGroups(
  batch: Batch,
  { squareStart }: Triplets,
  angular: Float32Array,
  degrees: number,
): TripletGroups {
  const { edges, edgeStart, pairOf, pairEdges, reverse } = batch;
  const groups = sortedGroups(batch);
  const rows = groups.reduce((sum, { atoms, slots }) => sum + atoms.length * slots, 0);
  const incoming = new Int32Array(rows);
  const rowOf = new Int32Array(Math.max(1, edges));
  let first = 0;
  for (const { atoms, slots } of groups) {
    for (const j of atoms) {
      for (let e = edgeStart[j]; e < edgeStart[j + 1]; e++) {
        incoming[first + e - edgeStart[j]] = e;
        rowOf[e] = first + e - edgeStart[j];
      }
      first += slots;
    }
  }
  const pairs = Math.max(1, batch.pairs);
  const both = new Int32Array(2 * pairs);
  const present = new Float32Array(2 * pairs);
  pairEdges.forEach((e, k) => {
    both[k] = rowOf[e];
    present[k] = 1;
  });
  const ones = new Float32Array(rowOf.length).fill(edges > 0 ? 1 : 0);
  return {
    kind: 'padded',
    groups: groups.map((group) => uploadGroup(group, batch, squareStart, angular, degrees)),
    incoming: ints(incoming),
    pair: ints(incoming.map((e) => pairOf[e] ?? 0)),
    outgoing: ints(incoming.map((e) => reverse[e] ?? 0)),
    rowOf: ints(edges > 0 ? reverse.map((e) => rowOf[e]) : [0]),
    toEdges: uploadLevel({ sources: rows, rows: rowOf.length, terms: 1, index: rowOf, weight: ones }),
    toPairs: uploadLevel({ sources: rows, rows: pairs, terms: 2, index: both, weight: present }),
  };
}

/** The angular functions of a group's squares, in-edges outermost, zero where there is no triplet. */
function uploadGroup(
  { atoms, slots }: { atoms: Int32Array; slots: number },
  { edgeStart }: Batch,
  squareStart: Int32Array,
  angular: Float32Array,
  degrees: number,
): Group {
  const values = new Float32Array(atoms.length * slots * slots * degrees);
  atoms.forEach((j, n) => {
    const d = edgeStart[j + 1] - edgeStart[j];
    for (let i = 0; i < d; i++) {
      for (let k = 0; k < d; k++) {
        const from = (squareStart[j] + i * d + k) * degrees;
        const to = ((n * slots + k) * slots + i) * degrees;
        for (let l = 0; l < degrees; l++) values[to + l] = angular[from + l];
      }
    }
  });
  return {
    atoms: atoms.length,
    slots,
    angular: keep(tensor3d(values, [atoms.length * slots, slots, degrees])),
  };
}

/**
 * DimeNet's bilinear layer with its sum: for each edge j -> i
 *
 *     y = sum over k, b, f of s_b(k, j, i) x[k -> j, f] W[., b, f],   s_b = sum over l of Y_l(angle) g_l[pair {k, j}, b]
 *
 * Edges k -> j are summed with their weights s before W is applied: once an edge, not once a triplet. The sums, B F
 * numbers an edge, are made again for the gradient rather than kept.
 *
 * @param x - [E, F]
 * @param g - [L, P, B] radial parts of the triplets' weights
 * @param weight - W [H, B F]
 * @returns [E, H]
 */
export function bilinear(x: Tensor2D, g: Tensor3D, weight: Tensor2D, graph: TripletGraph): Tensor2D {
  return differentiable<Tensor2D, [Tensor2D, Tensor3D, Tensor2D]>(
    [x, g, weight],
    (save) => {
      save(x, g, weight);
      if (graph.kind === 'padded') return composed(x, g, weight, graph);
      const { angular, start, squares, pair, reverse } = graph;
      return runKernel('Bilinear', { x, g, weight, angular, start, squares, pair, reverse });
    },
    (dy, [savedX, savedG, savedWeight]) => {
      if (graph.kind === 'padded') return composedGradient(dy, savedX, savedG, savedWeight, graph);
      const { angular, start, squares, pair, reverse } = graph;
      const saved = { x: savedX, g: savedG, weight: savedWeight };
      return runKernel<Tensor[]>('BilinearGradient', {
        ...saved,
        dy,
        angular,
        start,
        squares,
        pair,
        reverse,
      });
    },
  );
}

/** One group's part of the work: X [n, D, F], the weights S transposed [n, D, D B], and the sums S X [n D, B F]. */
interface Sums {
  readonly x: Tensor3D;
  readonly weights: Tensor3D;
  readonly summed: Tensor2D;
}

function sumsOf(x: Tensor2D, g: Tensor3D, { groups, incoming, pair }: TripletGroups): Sums[] {
  const [degrees, pairs, width] = g.shape;
  const features = x.shape[1];
  const byPair = reshape(transpose(g, [1, 0, 2]), [pairs, degrees * width]);
  const sizes = groups.map(({ atoms, slots }) => atoms * slots);
  const xs = split(gather(x, incoming), sizes, 0);
  const gs = split(gather(byPair, pair), sizes, 0);
  return groups.map(({ atoms, slots, angular }, c) => {
    const rows = atoms * slots;
    const weights: Tensor3D = reshape(matMul(angular, reshape(gs[c], [rows, degrees, width])), [
      atoms,
      slots,
      slots * width,
    ]);
    const own: Tensor3D = reshape(xs[c], [atoms, slots, features]);
    const summed: Tensor2D = reshape(matMul(weights, own, true, false), [rows, width * features]);
    return { x: own, weights, summed };
  });
}

function composed(x: Tensor2D, g: Tensor3D, weight: Tensor2D, graph: TripletGroups): Tensor2D {
  const results = sumsOf(x, g, graph).map(({ summed }) => matMul(summed, weight, false, true) as Tensor2D);
  return gather(joined(results), graph.rowOf);
}

function composedGradient(
  dy: Tensor2D,
  x: Tensor2D,
  g: Tensor3D,
  weight: Tensor2D,
  graph: TripletGroups,
): Tensor[] {
  const [degrees, pairs, width] = g.shape;
  const features = x.shape[1];
  const sums = sumsOf(x, g, graph);
  const sizes = graph.groups.map(({ atoms, slots }) => atoms * slots);
  const dresults = split(gather(dy, graph.outgoing), sizes, 0) as Tensor2D[];
  const parts = graph.groups.map(({ atoms, slots, angular }, c) => {
    const { x: own, weights, summed } = sums[c];
    const dsummed: Tensor3D = reshape(matMul(dresults[c], weight), [atoms, slots * width, features]);
    const dweights = matMul(own, dsummed, false, true);
    const dg = matMul(angular, reshape(dweights, [atoms * slots, slots, width]), true, false);
    return {
      dx: reshape(matMul(weights, dsummed), [atoms * slots, features]) as Tensor2D,
      dg: reshape(dg, [atoms * slots, degrees * width]) as Tensor2D,
      dweight: matMul(dresults[c], summed, true, false) as Tensor2D,
    };
  });
  const byPair = applyLevel(joined(parts.map(({ dg }) => dg)), graph.toPairs);
  return [
    applyLevel(joined(parts.map(({ dx }) => dx)), graph.toEdges),
    transpose(reshape(byPair, [pairs, degrees, width]), [1, 0, 2]),
    addN(parts.map(({ dweight }) => dweight)),
  ];
}

function joined(parts: Tensor2D[]): Tensor2D {
  return parts.length === 1 ? parts[0] : (concat(parts, 0) as Tensor2D);
}
