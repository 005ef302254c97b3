import type { MoleculeGraphs } from './neighbours.ts';
import { type MoleculeSet, targetOf } from './set.ts';

/** In the target's own unit. */
export interface TargetStatistics {
  readonly mean: number;
  /** Unbiased (n - 1); 0 where there is but one molecule. */
  readonly std: number;
}

/** Mean and standard deviation of a target over some of a set's molecules: its training split. */
export function targetStatistics(
  set: MoleculeSet,
  target: string,
  indices: ArrayLike<number>,
): TargetStatistics {
  const { values } = targetOf(set, target);
  const count = indices.length;
  if (count === 0) throw new RangeError('statistics of no molecules');
  let sum = 0;
  for (let k = 0; k < count; k++) sum += values[indices[k]];
  const mean = sum / count;
  let squares = 0;
  for (let k = 0; k < count; k++) squares += (values[indices[k]] - mean) ** 2;
  return { mean, std: count > 1 ? Math.sqrt(squares / (count - 1)) : 0 };
}

/**
 * How many atoms of some of a set's molecules (its training split) have 0, 1, 2 ... in-edges: what PNA scales its sums
 * by. As long as the largest in-degree needs.
 */
export function degreeHistogram(
  set: MoleculeSet,
  graphs: MoleculeGraphs,
  indices: ArrayLike<number>,
): number[] {
  const histogram = [0];
  for (let k = 0; k < indices.length; k++) {
    for (let a = set.atomOffsets[indices[k]]; a < set.atomOffsets[indices[k] + 1]; a++) {
      const degree = graphs.rowOffsets[a + 1] - graphs.rowOffsets[a];
      while (histogram.length <= degree) histogram.push(0);
      histogram[degree]++;
    }
  }
  return histogram;
}
