import type { BatchSystem, ClusterNode, NodeCondition } from '@litmatter/protocol';
import { integer } from '../../words/format.ts';

/** What can be had of a node, in the order it interests somebody who looks for one. */
export const conditions: readonly {
  readonly name: NodeCondition;
  readonly word: string;
  readonly says: string;
}[] = [
  { name: 'idle', word: 'Idle', says: 'all of it is free' },
  { name: 'mixed', word: 'Partly used', says: 'some of it is free' },
  { name: 'full', word: 'In use', says: 'nothing of it is free' },
  { name: 'draining', word: 'Draining', says: 'works on, and takes nothing new' },
  { name: 'drained', word: 'Drained', says: 'an administrator has taken it out' },
  { name: 'reserved', word: 'Reserved', says: 'kept for a reservation or maintenance' },
  { name: 'off', word: 'Asleep', says: 'powered down, woken when a job needs it' },
  { name: 'down', word: 'Down', says: 'broken, or not answering' },
  { name: 'unknown', word: 'Not known', says: 'in a state this page does not know' },
];

const words = new Map(conditions.map(({ name, word }) => [name, word]));
export function conditionWord(condition: NodeCondition): string {
  return words.get(condition)!;
}

/** How much there is, and how much of it a job could have now. Null where nodes do not tell. */
export interface Amount {
  readonly total: number | null;
  readonly free: number | null;
}

export interface Capacity {
  readonly nodes: number;
  /** Nodes of which something can be had now. */
  readonly open: number;
  readonly cpus: Amount;
  readonly gpus: Amount;
  readonly gpuTypes: readonly {
    readonly type: string;
    readonly total: number;
    readonly free: number | null;
  }[];
  readonly counts: ReadonlyMap<NodeCondition, number>;
}

function isOpen({ condition }: ClusterNode): boolean {
  return condition === 'idle' || condition === 'mixed';
}

/** What some nodes have together. Of a node that takes no work nothing is free, whatever of it is unused. */
export function capacityOf(nodes: readonly ClusterNode[]): Capacity {
  const cpus = new Sum();
  const gpus = new Sum();
  const types = new Map<string, Sum>();
  const counts = new Map<NodeCondition, number>();
  for (const node of nodes) {
    counts.set(node.condition, (counts.get(node.condition) ?? 0) + 1);
    cpus.add(node.cpus.total, node.cpus.used, isOpen(node));
    for (const { type, total, used } of node.gpus) {
      gpus.add(total, used, isOpen(node));
      const name = type ?? 'GPU';
      const ofType = types.get(name) ?? new Sum();
      types.set(name, ofType);
      ofType.add(total, used, isOpen(node));
    }
  }
  return {
    nodes: nodes.length,
    open: nodes.filter(isOpen).length,
    cpus: cpus.amount(),
    gpus: gpus.amount(),
    gpuTypes: [...types].map(([type, sum]) => ({ type, total: sum.total, free: sum.amount().free })),
    counts,
  };
}

class Sum {
  total = 0;
  #free = 0;
  #known = true;
  #freeKnown = true;

  add(total: number | null, used: number | null, open: boolean): void {
    if (total === null) this.#known = false;
    this.total += total ?? 0;
    if (!open) return;
    if (total === null || used === null) this.#freeKnown = false;
    else this.#free += Math.max(0, total - used);
  }

  amount(): Amount {
    return {
      total: this.#known ? this.total : null,
      free: this.#known && this.#freeKnown ? this.#free : null,
    };
  }
}

/** "3 of 8"; "8" where how much of it is free is not told. */
export function freeOf({ total, free }: Amount): string {
  if (total === null) return 'not told';
  return free === null ? `${integer(total)}, use not told` : `${integer(free)} of ${integer(total)}`;
}

/** "2 × a100, 1 × v100"; "none". */
export function gpusOf(node: ClusterNode): string {
  return node.gpus
    .map(
      ({ type, total, used }) => `${used === null ? '?' : integer(used)}/${integer(total)} ${type ?? 'GPU'}`,
    )
    .join(', ');
}

/** The share of a node that is in use: of its GPUs where it has some, else of its CPUs. */
export function usedShare(node: ClusterNode): number {
  // Its last CPU may be taken while a GPU is idle: nobody can have that.
  if (node.condition === 'full') return 1;
  const gpus = node.gpus.reduce((sum, { total }) => sum + total, 0);
  const parts = gpus > 0 ? node.gpus : [node.cpus];
  let total = 0;
  let used = 0;
  for (const one of parts) {
    if (one.total === null || one.used === null) return 0;
    total += one.total;
    used += one.used;
  }
  return total > 0 ? Math.min(1, used / total) : 0;
}

const natural = new Intl.Collator('en', { numeric: true });

/** Nodes in the same partitions together, each group in the order of its names. */
export function groupsOf(nodes: readonly ClusterNode[]): readonly (readonly [string, ClusterNode[]])[] {
  const groups = Map.groupBy(nodes, (node) => node.partitions.join(', ') || 'in no partition');
  return [...groups].map(
    ([name, list]) => [name, list.sort((a, b) => natural.compare(a.name, b.name))] as const,
  );
}

export function nodesAsked(
  batch: BatchSystem,
  {
    partition,
    nodes,
    q,
  }: { partition?: string | undefined; nodes?: NodeCondition | undefined; q?: string | undefined },
): ClusterNode[] {
  const sought = q?.trim().toLowerCase() ?? '';
  return batch.nodes.filter(
    (node) =>
      (partition === undefined || node.partitions.includes(partition)) &&
      (nodes === undefined || node.condition === nodes) &&
      (sought === '' || `${node.name} ${node.reason?.text ?? ''}`.toLowerCase().includes(sought)),
  );
}
