import { InputError } from '@litmatter/protocol';
import type { GraphSpec } from './batch.ts';
import { type MoleculeSet, moleculeId } from './set.ts';

/**
 * The neighbour lists of every molecule of a set for one GraphSpec, made once and only offset at collation.
 * Compressed rows: the neighbours j of atom i (counted over the whole set), ascending and numbered within the
 * molecule, are `neighbours[rowOffsets[i] .. rowOffsets[i + 1])`. Symmetric: where j is a neighbour of i, i is one of j.
 */
export interface MoleculeGraphs {
  readonly spec: GraphSpec;
  /** [N + 1]; the last is E. */
  readonly rowOffsets: Uint32Array;
  /** [E] a byte each where no molecule has more than 256 atoms. */
  readonly neighbours: Uint8Array | Uint16Array;
}

/**
 * A short name of the neighbour lists of a GraphSpec, fit for a file name: "radius-10", "complete", "bonds",
 * "bonds-zinc". Triplets make no other lists.
 */
export function graphKey(spec: GraphSpec): string {
  if (spec.kind === 'radius') return `radius-${spec.cutoff}`;
  return spec.kind === 'bonds' && spec.atomTypes ? `bonds-${spec.atomTypes}` : spec.kind;
}

const { fround } = Math;

/**
 * Whether two atoms lie closer than the cutoff, in float32 as PyTorch Geometric's radius_graph decides it:
 * d^2 < c^2, strictly, every operation rounded to float32.
 */
function within(positions: Float32Array, i: number, j: number, cutoffSquared: number): boolean {
  const x = fround(positions[3 * i] - positions[3 * j]);
  const y = fround(positions[3 * i + 1] - positions[3 * j + 1]);
  const z = fround(positions[3 * i + 2] - positions[3 * j + 2]);
  return fround(fround(fround(x * x) + fround(y * y)) + fround(z * z)) < cutoffSquared;
}

/** Fills `row` with the ascending neighbours of local atom i and returns how many there are. */
type RowOf = (m: number, first: number, count: number, i: number, row: Uint16Array) => number;

function radiusRows(positions: Float32Array, cutoff: number): RowOf {
  const squared = fround(fround(cutoff) * fround(cutoff));
  return (_m, first, count, i, row) => {
    let n = 0;
    for (let j = 0; j < count; j++) {
      if (j !== i && within(positions, first + i, first + j, squared)) row[n++] = j;
    }
    return n;
  };
}

const completeRows: RowOf = (_m, _first, count, i, row) => {
  let n = 0;
  for (let j = 0; j < count; j++) if (j !== i) row[n++] = j;
  return n;
};

function bondRows(set: MoleculeSet): RowOf {
  return (m, _first, _count, i, row) => {
    let n = 0;
    for (let b = set.bondOffsets[m]; b < set.bondOffsets[m + 1]; b++) {
      const [p, q] = [set.bonds[2 * b], set.bonds[2 * b + 1]];
      if (p === i) row[n++] = q;
      else if (q === i) row[n++] = p;
    }
    row.subarray(0, n).sort();
    return n;
  };
}

function rowsOf(set: MoleculeSet, spec: GraphSpec): RowOf {
  if (spec.kind === 'complete') return completeRows;
  if (spec.kind === 'bonds') return bondRows(set);
  if (!(spec.cutoff > 0)) {
    throw new InputError(`A cutoff must be a positive number of angstrom; this one is ${spec.cutoff}.`);
  }
  if (!set.positions) {
    throw new InputError(
      'This data set has no atom positions, and the model asks for neighbours within a radius. ' +
        'Choose a model on bonds, or a data set with geometry.',
    );
  }
  return radiusRows(set.positions, spec.cutoff);
}

/**
 * Make the neighbour lists of every molecule. About 1 microsecond a molecule of QM9's size and pair of atoms.
 *
 * @throws InputError where the set lacks what the graph is made from
 */
export function buildGraphs(set: MoleculeSet, spec: GraphSpec): MoleculeGraphs {
  const rows = rowsOf(set, spec);
  let largest = 0;
  let bound = 0;
  for (let m = 0; m < set.size; m++) {
    const count = set.atomOffsets[m + 1] - set.atomOffsets[m];
    largest = Math.max(largest, count);
    bound += count * (count - 1);
  }
  if (spec.kind === 'bonds') bound = set.bonds.length;
  if (spec.kind === 'complete' && bound > 2 ** 31) {
    throw new InputError(
      `The complete graph of this data set has ${bound} edges, too many to hold. Set a limit on its molecules.`,
    );
  }
  const Store = largest > 256 ? Uint16Array : Uint8Array;
  // Radius graphs of large molecules are sparse: start with less than the bound there and grow.
  let neighbours = new Store(Math.min(bound, 2 ** 27));
  const rowOffsets = new Uint32Array(set.atomicNumbers.length + 1);
  const row = new Uint16Array(largest);
  let edges = 0;
  for (let m = 0; m < set.size; m++) {
    const first = set.atomOffsets[m];
    const count = set.atomOffsets[m + 1] - first;
    for (let i = 0; i < count; i++) {
      const degree = rows(m, first, count, i, row);
      if (edges + degree > neighbours.length) {
        if (2 * neighbours.length > 2 ** 32) {
          throw new InputError(
            `The neighbour lists have too many edges to hold at molecule ${m + 1} ("${moleculeId(set, m)}"). ` +
              'Use a smaller cutoff or set a limit on the molecules.',
          );
        }
        const bigger = new Store(Math.max(2 * neighbours.length, edges + degree));
        bigger.set(neighbours);
        neighbours = bigger;
      }
      for (let k = 0; k < degree; k++) neighbours[edges + k] = row[k];
      edges += degree;
      rowOffsets[first + i + 1] = edges;
    }
  }
  return {
    spec,
    rowOffsets,
    neighbours: edges === neighbours.length ? neighbours : neighbours.slice(0, edges),
  };
}
