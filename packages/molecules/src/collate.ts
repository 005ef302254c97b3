import type { Batch } from './batch.ts';
import type { MoleculeGraphs } from './neighbours.ts';
import { atomTypeColumn, type MoleculeSet, moleculeId, targetOf } from './set.ts';
import { tripletsOf } from './triplets.ts';

const { fround, sqrt } = Math;

/** |r_i - r_j|, every operation rounded to float32 as PyTorch does it. */
function distance(positions: Float32Array, i: number, j: number): number {
  const x = fround(positions[3 * i] - positions[3 * j]);
  const y = fround(positions[3 * i + 1] - positions[3 * j + 1]);
  const z = fround(positions[3 * i + 2] - positions[3 * j + 2]);
  return sqrt(fround(fround(fround(x * x) + fround(y * y)) + fround(z * z)));
}

interface Counts {
  readonly atoms: number;
  readonly edges: number;
  readonly slots: number;
  readonly moleculeSize: number;
}

/** N, E, D and A of a batch. D and A are at least 1, so that no table has a width of nothing. */
function countsOf(set: MoleculeSet, graphs: MoleculeGraphs, indices: ArrayLike<number>): Counts {
  let atoms = 0;
  let edges = 0;
  let slots = 1;
  let moleculeSize = 1;
  for (let k = 0; k < indices.length; k++) {
    const m = indices[k];
    if (!(m >= 0 && m < set.size)) throw new RangeError(`molecule ${m} of a set of ${set.size}`);
    const first = set.atomOffsets[m];
    const last = set.atomOffsets[m + 1];
    atoms += last - first;
    moleculeSize = Math.max(moleculeSize, last - first);
    edges += graphs.rowOffsets[last] - graphs.rowOffsets[first];
    for (let a = first; a < last; a++) {
      const degree = graphs.rowOffsets[a + 1] - graphs.rowOffsets[a];
      if (degree > slots) slots = degree;
    }
  }
  return { atoms, edges, slots, moleculeSize };
}

/** Write the order of each bond of molecule m on its two edges, where the graph has them. */
function markBonds(
  set: MoleculeSet,
  graphs: MoleculeGraphs,
  m: number,
  firstEdge: number,
  reverse: Int32Array,
  bondOrder: Uint8Array,
): void {
  const first = set.atomOffsets[m];
  const { rowOffsets, neighbours } = graphs;
  for (let b = set.bondOffsets[m]; b < set.bondOffsets[m + 1]; b++) {
    const i = first + set.bonds[2 * b];
    const j = set.bonds[2 * b + 1];
    for (let k = rowOffsets[i]; k < rowOffsets[i + 1]; k++) {
      if (neighbours[k] !== j) continue;
      const e = firstEdge + k - rowOffsets[first];
      bondOrder[e] = set.bondOrders[b];
      bondOrder[reverse[e]] = set.bondOrders[b];
      break;
    }
  }
}

/**
 * Put the chosen molecules together as one batch (see `Batch` for the layout). A batch of 128 molecules of QM9's
 * size takes about a millisecond, with triplets about six.
 *
 * @param graphs - the set's own neighbour lists, from `buildGraphs`
 * @param indices - which molecules, in the batch's order; at least one
 * @param target - name of the target that becomes `y`; zeros where none is named (prediction)
 * @throws InputError where the set has no such target, or where angles are asked for and two atoms are in one place
 */
export function collate(
  set: MoleculeSet,
  graphs: MoleculeGraphs,
  indices: ArrayLike<number>,
  target?: string,
): Batch {
  const molecules = indices.length;
  if (molecules === 0) throw new RangeError('a batch needs at least one molecule');
  const column = target === undefined ? undefined : targetOf(set, target).values;
  const { atoms, edges, slots, moleculeSize } = countsOf(set, graphs, indices);
  const { rowOffsets, neighbours } = graphs;

  const atomicNumbers = new Int32Array(atoms);
  const positions = new Float32Array(3 * atoms);
  const moleculeOf = new Int32Array(atoms);
  const moleculeSlots = new Int32Array(molecules * moleculeSize).fill(atoms);
  const source = new Int32Array(edges);
  const targets = new Int32Array(edges);
  const edgeStart = new Int32Array(atoms + 1);
  const reverse = new Int32Array(edges);
  const pairOf = new Int32Array(edges);
  const pairEdges = new Int32Array(edges);
  const inSlots = new Int32Array(atoms * slots).fill(edges);
  const outSlots = new Int32Array(atoms * slots).fill(edges);
  const pairDistance = new Float32Array(edges / 2);
  const bondOrder = new Uint8Array(edges);
  const y = new Float32Array(molecules);
  const types = Object.hasOwn(set.atomColumns, atomTypeColumn) ? set.atomColumns[atomTypeColumn] : null;
  const atomTypes = types && new Int32Array(atoms);
  // Per atom j: the next edge into j whose reverse has not been met. Targets are visited in ascending order, and so
  // stand the sources in row j: the reverse of the edge j -> i is always the next of row j.
  const next = new Int32Array(atoms);

  let atom = 0;
  let edge = 0;
  let pair = 0;
  for (let k = 0; k < molecules; k++) {
    const m = indices[k];
    const first = set.atomOffsets[m];
    const count = set.atomOffsets[m + 1] - first;
    const base = atom;
    const firstEdge = edge;
    if (set.positions) positions.set(set.positions.subarray(3 * first, 3 * (first + count)), 3 * base);
    if (column) y[k] = column[m];
    if (types) atomTypes?.set(types.subarray(first, first + count), base);
    for (let i = 0; i < count; i++) {
      atomicNumbers[base + i] = set.atomicNumbers[first + i];
      moleculeOf[base + i] = k;
      moleculeSlots[k * moleculeSize + i] = base + i;
      next[base + i] = firstEdge + rowOffsets[first + i] - rowOffsets[first];
    }
    for (let i = 0; i < count; i++, atom++) {
      const row = rowOffsets[first + i];
      const degree = rowOffsets[first + i + 1] - row;
      for (let d = 0; d < degree; d++, edge++) {
        const j = base + neighbours[row + d];
        const back = next[j]++;
        source[edge] = j;
        targets[edge] = atom;
        reverse[edge] = back;
        inSlots[atom * slots + d] = edge;
        outSlots[atom * slots + d] = back;
        if (j < atom) continue;
        pairOf[edge] = pair;
        pairOf[back] = pair;
        pairEdges[2 * pair] = edge;
        pairEdges[2 * pair + 1] = back;
        pairDistance[pair++] = distance(positions, atom, j);
      }
      edgeStart[atom + 1] = edge;
    }
    markBonds(set, graphs, m, firstEdge, reverse, bondOrder);
  }
  const nameOf = (i: number) => moleculeId(set, indices[moleculeOf[i]]);
  const numberOf = (i: number) => i - moleculeSlots[moleculeOf[i] * moleculeSize] + 1;
  const { spec } = graphs;
  return {
    molecules,
    atoms,
    edges,
    pairs: pair,
    slots,
    moleculeSize,
    atomicNumbers,
    positions,
    moleculeOf,
    moleculeSlots,
    source,
    target: targets,
    edgeStart,
    reverse,
    pairOf,
    pairEdges,
    inSlots,
    outSlots,
    pairDistance,
    bondOrder,
    ...(spec.kind === 'radius' &&
      spec.triplets && { triplets: tripletsOf(positions, edgeStart, source, nameOf, numberOf) }),
    atomTypes,
    y,
  };
}

/** The buffers of a batch, for `postMessage`'s transfer list. */
export function batchBuffers(batch: Batch): ArrayBuffer[] {
  return [...Object.values(batch), ...Object.values(batch.triplets ?? {})]
    .filter((value): value is Int32Array<ArrayBuffer> => ArrayBuffer.isView(value))
    .map((array) => array.buffer);
}
