import type { Batch } from '@litmatter/molecules';
import {
  keep,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  tensor1d,
} from '@tensorflow/tfjs-core';
import { composedStatistics } from './composed-statistics.ts';
import { type BondSlots, uploadSlots } from './neighbour-slots.ts';
import { differentiable, hasKernel, runKernel } from './op.ts';

/** The bonds of a batch on the backend: from each atom's neighbours and the types of the bonds to them. */
export type BondGraph = BondEdges | BondSlots;

/** For kernels of ours: the edges as they are, sorted by target. */
interface BondEdges {
  readonly kind: 'edges';
  /** T: features come in so many groups. */
  readonly groups: number;
  /** [E] int32 */
  readonly source: Tensor1D;
  /** [E] int32: type of each edge's bond. */
  readonly bond: Tensor1D;
  /** [N + 1] int32 */
  readonly start: Tensor1D;
}

/**
 * @param bondTypes - B: one more than the largest bond order may be
 * @param groups - T: features come in so many groups
 */
export function uploadBonds(batch: Batch, bondTypes: number, groups: number): BondGraph {
  const { source, bondOrder, edgeStart } = batch;
  const ints = (values: ArrayLike<number>) => keep(tensor1d(Int32Array.from(values), 'int32'));
  if (!hasKernel('NeighbourStatistics')) return uploadSlots(batch, bondTypes, groups);
  // No tensor is empty.
  const some = (values: ArrayLike<number>) => (values.length > 0 ? values : [0]);
  return {
    kind: 'edges',
    groups,
    source: ints(some(source)),
    bond: ints(some(bondOrder)),
    start: ints(edgeStart),
  };
}

/** Two forms of the standard deviation of a variance v: see `neighbourStatistics`. */
const forms = { floored: 0, softened: 1 } as const;

export interface StatisticsOptions {
  /** `floored`: sqrt(v), and 0 where v is at most `floor`. `softened`: sqrt(v + floor), of atoms without neighbours too. */
  readonly deviation: keyof typeof forms;
  /** Above 0. */
  readonly floor: number;
}

/**
 * Mean, least, largest and standard deviation over the neighbours j of each atom i of the messages
 * base_i + x_j + bonds_type(i, j), element by element; all 0 for an atom without neighbours. What depends on i alone is
 * added once, at the end: it shifts the first three and leaves the deviation. G. Corso, L. Cavalleri, D. Beaini,
 * P. Lio, P. Velickovic: Principal neighbourhood aggregation for graph nets. NeurIPS 2020, arXiv:2004.05718, section 2.1.
 *
 * The gradient of a least or largest value that several neighbours share is shared evenly among them, as by torch.
 *
 * @param base - [N, F], as x is
 * @param bonds - [B, F]
 * @returns [T, N, 4 F / T], the statistics of a group one after the other
 */
export function neighbourStatistics(
  base: Tensor2D,
  x: Tensor2D,
  bonds: Tensor2D,
  graph: BondGraph,
  options: StatisticsOptions,
): Tensor3D {
  return graph.kind === 'edges'
    ? own(base, x, bonds, graph, options)
    : composedStatistics(base, x, bonds, graph, options);
}

function own(
  base: Tensor2D,
  x: Tensor2D,
  bonds: Tensor2D,
  { groups, source, bond, start }: BondEdges,
  { deviation, floor }: StatisticsOptions,
): Tensor3D {
  const attributes = { groups, form: forms[deviation], floor };
  return differentiable<Tensor3D, [Tensor2D, Tensor2D]>(
    [base, x, bonds],
    (save) => {
      save(x, bonds);
      return runKernel('NeighbourStatistics', { base, x, bonds, source, bond, start }, attributes);
    },
    (dout, [savedX, savedBonds]) =>
      runKernel<Tensor[]>(
        'NeighbourStatisticsGradient',
        { x: savedX, bonds: savedBonds, source, bond, start, dout },
        attributes,
      ),
  );
}
