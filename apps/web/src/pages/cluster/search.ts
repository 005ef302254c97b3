import { nodeCondition } from '@litmatter/protocol';
import { z } from 'zod';

const text = z.string().optional().catch(undefined);

/** What the address says of the cluster's page. */
const schema = z.object({
  /** Only the nodes and jobs of one partition. */
  partition: text,
  /** Only the nodes of which so much can be had. */
  nodes: nodeCondition.optional().catch(undefined),
  /** Nodes by a part of their name or of the reason they are drained for. */
  q: text,
  /** Everybody's jobs where not said. */
  jobs: z.literal('mine').optional().catch(undefined),
});

export type ClusterSearch = z.output<typeof schema>;
export const clusterSearch = (raw: Record<string, unknown>): ClusterSearch => schema.parse(raw);

/** What the panels are given to read and change it. */
export interface Asked {
  readonly search: ClusterSearch;
  readonly change: (part: Partial<ClusterSearch>) => void;
}
