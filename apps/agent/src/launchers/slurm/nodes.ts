import type { ClusterNode, NodeCondition } from '@litmatter/protocol';
import { z } from 'zod';
import { expandHostlist } from './hostlist.ts';
import { gpusIn, gpusOfTres, names, number, part, text, toMilliseconds, words } from './values.ts';

/**
 * Nodes as `sinfo --Node --json` tells them. Two shapes are about: until Slurm 22 a list `nodes` with a record a node;
 * from 23.02 on a list `sinfo` with a record for each partition and set of nodes that are alike.
 */

const plainNode = z.object({
  name: z.string().min(1),
  state: words,
  state_flags: words,
  partitions: names,
  cpus: number,
  alloc_cpus: number,
  /** MiB, as all of Slurm's memory. */
  real_memory: number,
  alloc_memory: number,
  gres: text,
  gres_used: text,
  tres_used: text,
  reason: text,
  reason_set_by_user: text,
  reason_changed_at: number,
});

const record = z.object({
  node: part(z.object({ state: words })),
  nodes: z.object({ total: number, nodes: names }),
  partition: part(z.object({ name: text, partition: part(z.object({ state: words })) })),
  cpus: part(z.object({ allocated: number, total: number })),
  memory: part(z.object({ minimum: number, maximum: number, allocated: number })),
  gres: part(z.object({ total: text, used: text })),
  reason: z
    .union([
      text.pipe(z.string()).transform((description) => ({ description, user: undefined, time: undefined })),
      z.object({ description: text, user: text, time: number }),
    ])
    .optional()
    .catch(undefined),
});

const answer = z
  .object({
    nodes: z.array(z.unknown()).optional(),
    sinfo: z.array(z.unknown()).optional(),
    meta: part(
      z.looseObject({
        Slurm: part(z.looseObject({ release: text })),
        slurm: part(z.looseObject({ release: text })),
      }),
    ),
    errors: part(z.array(z.unknown())),
  })
  .refine(({ nodes, sinfo }) => nodes !== undefined || sinfo !== undefined, 'it lists no nodes');

export interface NodesRead {
  /** "22.05.8" */
  readonly release: string | undefined;
  readonly nodes: readonly ClusterNode[];
}

/**
 * Read the answer of `sinfo --Node --json`. A record that cannot be read is left out; a field that cannot, unknown.
 *
 * @throws Error where the text is no such answer, or an empty one with an error in it
 */
export function decodeNodes(json: string): NodesRead {
  const { nodes, sinfo, meta, errors } = answer.parse(JSON.parse(json));
  const read = (nodes ?? []).flatMap(fromPlain).concat((sinfo ?? []).flatMap(fromRecord));
  if (read.length === 0 && errors !== undefined && errors.length > 0) throw new Error(saidIn(errors));
  const byName = new Map<string, ClusterNode>();
  for (const node of read) {
    const before = byName.get(node.name);
    const partitions = [...new Set([...(before?.partitions ?? []), ...node.partitions])];
    byName.set(node.name, { ...node, partitions });
  }
  return { release: (meta?.Slurm ?? meta?.slurm)?.release, nodes: [...byName.values()] };
}

const anError = z.looseObject({ description: text, error: text });

export function saidIn(errors: readonly unknown[]): string {
  const said = errors.flatMap((one) => {
    const { data } = anError.safeParse(one);
    return data?.description ?? data?.error ?? [];
  });
  return [...new Set(said)].join('; ') || 'an error that it does not name';
}

function fromPlain(raw: unknown): ClusterNode[] {
  const { data } = plainNode.safeParse(raw);
  if (data === undefined) return [];
  const states = [...data.state, ...data.state_flags];
  return [
    {
      name: data.name,
      condition: conditionOf(states),
      state: inWords(states),
      partitions: data.partitions,
      cpus: { total: data.cpus ?? null, used: data.alloc_cpus ?? null },
      memoryBytes: { total: fromMiB(data.real_memory), used: fromMiB(data.alloc_memory) },
      gpus: gpusOf(data.gres, data.gres_used, gpusOfTres(data.tres_used)),
      reason:
        data.reason === undefined
          ? null
          : {
              text: data.reason,
              by: data.reason_set_by_user ?? null,
              at: toMilliseconds(data.reason_changed_at),
            },
    },
  ];
}

function fromRecord(raw: unknown): ClusterNode[] {
  const { data } = record.safeParse(raw);
  if (data === undefined) return [];
  const all = data.nodes.nodes.flatMap(expandHostlist);
  // Numbers of a record are of all its nodes together; they are alike, which is why they share it.
  const each = (sum: number | undefined) => (sum === undefined ? null : sum / Math.max(1, all.length));
  const { minimum, maximum, allocated } = data.memory ?? {};
  const states = data.node?.state ?? [];
  const partition = data.partition?.name;
  return all.map((name) => ({
    name,
    condition: conditionOf(states),
    state: inWords(states),
    partitions: partition === undefined ? [] : [partition],
    cpus: { total: each(data.cpus?.total), used: each(data.cpus?.allocated) },
    memoryBytes: {
      total: minimum !== undefined && minimum === maximum ? fromMiB(minimum) : null,
      used: allocated === undefined ? null : fromMiB(allocated / all.length),
    },
    gpus: gpusOf(data.gres?.total, data.gres?.used, undefined),
    reason:
      data.reason?.description === undefined
        ? null
        : {
            text: data.reason.description,
            by: data.reason.user ?? null,
            at: toMilliseconds(data.reason.time),
          },
  }));
}

/** `used` tells them by type; where it is not told, `usedOfAll` may still be, which one type alone can be given. */
function gpusOf(
  total: string | undefined,
  used: string | undefined,
  usedOfAll: number | undefined,
): ClusterNode['gpus'] {
  const types = [...gpusIn(total)];
  const usedTypes = gpusIn(used);
  return types.map(([type, count]) => {
    const alone = types.length === 1 && usedTypes.size === 1 ? [...usedTypes.values()][0] : undefined;
    const told = usedTypes.get(type) ?? alone ?? (types.length === 1 ? usedOfAll : undefined);
    return { type: type === '' ? null : type, total: count, used: told ?? null };
  });
}

const broken = ['DOWN', 'ERROR', 'FAIL', 'FAILING', 'INVAL', 'INVALID', 'INVALID_REG', 'NOT_RESPONDING'];
const asleep = ['POWERED_DOWN', 'POWERING_DOWN', 'POWERING_UP', 'POWER_DOWN', 'POWER_UP', 'POWER_SAVING'];
const reserved = ['RESERVED', 'MAINTENANCE', 'MAINT', 'BLOCKED'];

/** What can be had of a node in these states. */
export function conditionOf(states: readonly string[]): NodeCondition {
  const has = (some: readonly string[]) => states.some((state) => some.includes(state));
  const busy = has(['ALLOCATED', 'ALLOC', 'MIXED', 'MIX', 'COMPLETING']);
  if (has(broken)) return 'down';
  if (has(['DRAIN', 'DRAINING', 'DRAINED'])) return busy || has(['DRAINING']) ? 'draining' : 'drained';
  if (has(asleep)) return 'off';
  if (has(reserved)) return 'reserved';
  if (has(['MIXED', 'MIX'])) return 'mixed';
  if (busy) return 'full';
  return has(['IDLE', 'PLANNED']) ? 'idle' : 'unknown';
}

function inWords(states: readonly string[]): string {
  return states.map((state) => state.toLowerCase().replaceAll('_', ' ')).join(' + ') || 'not told';
}

function fromMiB(value: number | undefined): number | null {
  return value === undefined ? null : value * 2 ** 20;
}
