import { z } from 'zod';

export const sortKeys = ['created', 'name', 'state', 'runs', 'progress', 'mae'] as const;
export type SortKey = (typeof sortKeys)[number];

const text = z.string().optional().catch(undefined);

/** What the address says of the list: what is searched for, filtered by, sorted by and ticked. */
const schema = z.object({
  q: text,
  state: text,
  model: text,
  data: text,
  archived: z.literal('shown').optional().catch(undefined),
  sort: z.enum(sortKeys).optional().catch(undefined),
  order: z.enum(['up', 'down']).optional().catch(undefined),
  /** Ticked experiments, by id, comma-joined. */
  pick: text,
});

export type ExperimentsSearch = z.output<typeof schema>;
export const experimentsSearch = (raw: Record<string, unknown>): ExperimentsSearch => schema.parse(raw);

export function idsOf(list: string | undefined): string[] {
  return list ? list.split(',').filter((id) => id !== '') : [];
}

export function listOf(ids: readonly string[]): string | undefined {
  return ids.length > 0 ? ids.join(',') : undefined;
}
