import { InputError } from '@litmatter/protocol';
import type { Batch } from './batch.ts';
import { elementSymbols } from './elements.ts';

/** Columns of `qm9AtomFeatures`. */
export const qm9AtomFeatureCount = 11;

/** Columns of `qm9PairFeatures`. */
export const qm9PairFeatureCount = 5;

/** The elements of QM9, in the order of their columns: H, C, N, O, F. */
/** Atomic numbers of what `qm9AtomFeatures` knows: H, C, N, O, F. */
export const qm9Elements: readonly number[] = [1, 6, 7, 8, 9];

/**
 * Atom features as PyTorch Geometric's QM9 has them: [N, 11], one-hot H, C, N, O, F; the atomic number; aromatic, sp,
 * sp2, sp3, all 0 as they are there; the number of hydrogens bonded to the atom.
 *
 * @param batch - of a graph that has all the bonds: `complete` or `bonds`
 * @throws InputError for any other element
 */
export function qm9AtomFeatures(batch: Batch): Float32Array {
  const { atoms, atomicNumbers, bondOrder, edges, source, target } = batch;
  const width = qm9AtomFeatureCount;
  const out = new Float32Array(atoms * width);
  for (let i = 0; i < atoms; i++) {
    const column = qm9Elements.indexOf(atomicNumbers[i]);
    if (column < 0) {
      throw new InputError(
        `These atom features know H, C, N, O and F; a molecule has ${elementSymbols[atomicNumbers[i]]}. ` +
          'Choose another model, or leave out the molecules with other elements.',
      );
    }
    out[i * width + column] = 1;
    out[i * width + 5] = atomicNumbers[i];
  }
  for (let e = 0; e < edges; e++) {
    if (bondOrder[e] > 0 && atomicNumbers[source[e]] === 1) out[target[e] * width + 10]++;
  }
  return out;
}

/**
 * Edge features as PyTorch Geometric's NNConv example has them: one-hot single, double, triple, aromatic bond (zeros
 * for two atoms without one) and the distance in angstrom. The same in both directions, so a row for each undirected
 * pair: [P, 5]; that of edge e is row `pairOf[e]`.
 */
export function qm9PairFeatures(batch: Batch): Float32Array {
  const { bondOrder, pairDistance, pairEdges, pairs } = batch;
  const width = qm9PairFeatureCount;
  const out = new Float32Array(pairs * width);
  for (let p = 0; p < pairs; p++) {
    const order = bondOrder[pairEdges[2 * p]];
    if (order > 0) out[p * width + order - 1] = 1;
    out[p * width + 4] = pairDistance[p];
  }
  return out;
}
